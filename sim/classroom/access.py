"""Who may speak to the server: its own page on this machine, and with `--host` whoever has the token."""

import hmac
import ipaddress
import secrets
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True)
class Guard:
    """What the server lets in.

    host  : the address that was bound
    port  : its port
    token : asked of every question but those for the page itself; "" on loopback
    """

    host: str
    port: int
    token: str

    def refusal(self, host: str | None, origin: str | None) -> str | None:
        """Why a request is turned away by its Host and Origin, or None."""
        if host is None or not self._is_ours(host):
            return f"this server is not called {(host or 'nothing')[:80]!r}; use the address that armsrace classroom printed"
        if origin is not None and origin != f"http://{host}":
            return "this page comes from another site; open the address that armsrace classroom printed"
        return None

    def _is_ours(self, host: str) -> bool:
        name, colon, port = host.rpartition(":")
        if not colon or port != str(self.port):
            return False
        if not self.token:
            return name in LOOPBACK
        if self.host in EVERYWHERE:
            return name in LOOPBACK or _is_address(name.strip("[]"))
        return name.strip("[]") == self.host or name in LOOPBACK

    def lets(self, token: str | None) -> bool:
        """Whether a question with this token is answered."""
        return not self.token or hmac.compare_digest((token or "").encode(), self.token.encode())


def _is_address(name: str) -> bool:
    """Whether this is a number and no name: a name could be made to point here from outside."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def guard_for(host: str, port: int) -> Guard:
    """The guard of an address: no token on loopback, one that nobody can guess elsewhere."""
    return Guard(host, port, "" if is_loopback(host) else secrets.token_urlsafe(9))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""The folder of a run as an RO-Crate (1.1): what each file is, what made it, and how it is cited, for archives such as Zenodo."""

from mimetypes import guess_type
from pathlib import Path
from typing import Any

from sim.analysis.output import CRATE, MANIFEST, write_json
from sim.io.errors import refusal
from sim.io.files import read_json
from sim.io.provenance import digest_of
from sim.io.writing import written_whole
from sim.report.citations import tool

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {".parquet": "application/vnd.apache.parquet", ".md": "text/markdown"}


def write_crate(folder: Path) -> Path:
    """Write ro-crate-metadata.json beside the manifest of a run or a sweep; InputError where there is none, or a file was changed."""
    manifest = read_json(folder / MANIFEST) if (folder / MANIFEST).is_file() else None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("identity"), dict):
        raise refusal(folder, f"there is no {MANIFEST} of a run or a sweep in this folder; name the folder of one")
    with written_whole(folder / CRATE) as draft:
        write_json(crate(folder, manifest), draft)
    return folder / CRATE


def crate(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """The metadata: the folder, its files, the run that made them, and the program."""
    files = list(_files(folder, manifest))
    program, identity = tool(), manifest["identity"]
    name = manifest.get("title") or manifest.get("name") or identity.get("scenario") or folder.resolve().name
    if isinstance(manifest.get("scenario"), dict):
        name = manifest["scenario"].get("title", name)
    software = {
        "@id": "#armsrace", "@type": "SoftwareApplication", "name": program.title, "url": program.url,
        "version": manifest["versions"]["balkan-armsrace"], "softwareRequirements": [f"{one} {version}" for one, version in
                                                                                     manifest["versions"].items()],
    }  # fmt: skip
    settings = [
        {
            "@id": f"#{key}",
            "@type": "PropertyValue",
            "name": key,
            "value": value if isinstance(value, str | int | float) else str(value),
        }
        for key, value in identity.items()
        if value is not None
    ]
    action = {
        "@id": "#run", "@type": "CreateAction", "name": " ".join(manifest.get("command") or ()) or manifest.get("python", "run"),
        "instrument": _ref(software), "endTime": manifest.get("written"), "object": [_ref(one) for one in settings],
        "result": [_ref(one) for one in files],
    }  # fmt: skip
    root = {
        "@id": "./", "@type": "Dataset", "name": str(name), "datePublished": str(manifest.get("written", ""))[:10],
        "description": f"What {program.title} computed; manifest.json says from what.", "license": {"@id": LICENCE},
        "hasPart": [_ref(one) for one in files], "mentions": _ref(action),
    }  # fmt: skip
    about = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    licence = {"@id": LICENCE, "@type": "CreativeWork", "name": "CC BY 4.0"}
    return {"@context": CONTEXT, "@graph": [about, root, *files, action, *settings, software, licence]}


def _ref(entity: dict[str, Any]) -> dict[str, str]:
    return {"@id": entity["@id"]}


def _files(folder: Path, manifest: dict[str, Any]) -> Any:
    """Every file of the folder with its size and SHA-256, as the manifest has it."""
    known = {
        **manifest.get("files", {}),
        **({"runs.parquet": manifest["runs_sha256"]} if "runs_sha256" in manifest else {}),
    }
    for name in [MANIFEST, *known]:
        file = folder / name
        if not file.is_file() or (digest := digest_of(file)) != known.get(name, digest):
            raise refusal(file, "is missing, or was changed since the run wrote it; run it again")
        kind = TYPES.get(file.suffix) or guess_type(name)[0] or "application/octet-stream"
        yield {
            "@id": name,
            "@type": "File",
            "name": name,
            "contentSize": file.stat().st_size,
            "encodingFormat": kind,
            "sha256": digest,
        }

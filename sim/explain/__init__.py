from sim import callable_package

callable_package(__name__)

"""One tree of errors, drawn where it begins."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import detector
from detector import errors


def drawn() -> dict[str, str]:
    """Each error of the drawing with the one that it hangs from."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.strip("│├└─ ").partition(" ")[0]
        if name == "SigapError" or "── " in line:
            place = line.index(name)
            above = [(column, parent) for column, parent in above if column < place]
            parents[name] = above[-1][1] if above else "Exception"
            above.append((place, name))
    return parents


def below(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


def test_the_drawing_is_the_tree() -> None:
    for module in pkgutil.walk_packages(detector.__path__, "detector."):
        import_module(module.name)
    real = {
        kind.__name__: kind.__bases__[0].__name__
        for kind in below(errors.SigapError)
        if kind.__module__.startswith("detector.")
    }
    assert drawn() == real

"""Packaging. The version is written in the package, and what is required in requirements.txt."""

import re
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent


def text(name: str) -> str:
    return (here / name).read_text(encoding="utf-8")


def requirements(name: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in text(name).splitlines())
    return [line for line in lines if line]


def version() -> str:
    # not by an import: nothing of what the package needs may be there yet
    found = re.search(r'^__version__ = "(.+)"$', text("binance/__init__.py"), re.M)
    assert found is not None
    return found[1]


setup(
    name="binance-twisted",
    version=version(),
    description="A Twisted client for Binance's streams and REST API, with the classic manager and client",
    long_description=text("README.rst"),
    long_description_content_type="text/x-rst",
    author="The binance-twisted contributors",
    license_expression="MIT",
    license_files=["LICENSE"],
    keywords=["binance", "websocket", "twisted", "trading", "order-book", "futures", "options", "sandbox"],
    packages=find_packages(include=["binance", "binance.*"]),
    package_data={"binance": ["py.typed", "__init__.pyi", "packaging/hooks/*.py"]},
    # where PyInstaller looks for hooks
    entry_points={"pyinstaller40": ["hook-dirs = binance.packaging.freezing:hook_folders"]},
    python_requires=">=3.11",
    install_requires=requirements("requirements.txt"),
    extras_require={
        # a faster JSON decoder, used when it is there
        "speed": ["orjson>=3.9"],
        # reads dates in forms that have more than one reading, and in other languages. Not for all: with what
        # it needs it is 11 MB, and its first date takes a third of a second. 1.1.0 fails with regex of today
        "dates": ["dateparser>=1.2"],
        # dateparser: what is read without it has to be what it reads; orjson: both decoders are tested;
        # pyte: a terminal, for what watch and demo show in one;
        # websockets: the sandbox serves clients that are not ours; flask, fastapi, uvicorn: recipes are run;
        # pytest-xdist: two thirds of the tests' time is waiting, which workers do at the same time
        "test": [
            *("pytest>=8", "pytest-xdist>=3.5", "hypothesis>=6.100"),
            *("dateparser>=1.2", "orjson>=3.9", "pyte>=0.8.2", "websockets>=13"),
            *("flask>=3", "fastapi>=0.110", "uvicorn>=0.29"),
        ],
        "docs": [
            *("sphinx>=8", "furo>=2024.8.6", "sphinx-copybutton>=0.5.2", "sphinx-design>=0.6"),
            "towncrier>=24.7",  # the changelog's page shows what no release has gathered yet
        ],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Framework :: Twisted",
        "Intended Audience :: Developers",
        "Intended Audience :: Financial and Insurance Industry",
        "Natural Language :: English",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: Implementation :: CPython",
        "Topic :: Internet :: WWW/HTTP",
        "Topic :: Office/Business :: Financial :: Investment",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Topic :: Software Development :: Testing :: Mocking",
        "Typing :: Typed",
    ],
)

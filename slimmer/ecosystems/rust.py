"""Rust: programs are linked whole; what its tools leave behind is theirs."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.keep import Landmark, directories

RUST = Ecosystem(
    name="Rust",
    landmarks=(
        *directories(".cargo", ".rustup"),
        # CARGO_HOME and RUSTUP_HOME of official images.
        Landmark(name="bin/cargo", beside="rustc", above=2, above_if_shared=0),
        Landmark(name="toolchains", beside="settings.toml", above=1),
    ),
    folders=(".cargo",),
)

"""Rust: programs are linked whole; what its tools leave behind is theirs."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.keep import directories

RUST = Ecosystem(name="Rust", landmarks=directories(".cargo", ".rustup"), folders=(".cargo",))

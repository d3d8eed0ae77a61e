"""Go: programs are linked whole; its toolchain and caches are not needed to run them."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.keep import Landmark, directories

GO = Ecosystem(
    name="Go",
    landmarks=(
        # GOROOT, and GOPATH with the sources of modules.
        Landmark(name="bin/go", beside="gofmt", above=2, above_if_shared=0),
        *directories("pkg/mod", ".cache/go-build"),
    ),
    sources=(".go",),
)

"""npm, where the application has scripts that are run in its container."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slimmer.ecosystems.node.packages import MANIFEST, read_manifest
from slimmer.keep import BEYOND_MINIMAL, Rule, Want

_LARGEST = 1 << 20
# What nearly every package.json has: how the application is started, built and worked on.
_OF_DEVELOPMENT = re.compile(
    r"(?:pre|post)?(?:start|stop|restart|install|prepare|publish|pack|version|build|compile|bundle|test"
    r"|lint|dev|develop|watch|format|fmt|check|clean|coverage|cover|ci|debug|docs?|e2e|prettier|eslint"
    r"|types?|typecheck|type-check|tsc|release|storybook|husky|precommit|serve|preview|generate|export"
    r"|eject|bench|benchmark|analy[sz]e|audit|size|spec|unit|jest|mocha)(?:[:_.-].*)?"
)


class NodeScriptsRule(Rule):
    """`docker exec C npm run migrate`: an application whose package.json has scripts of its own
    beside those of every project is looked after with npm. Where none has, npm only installs."""

    name = "node-scripts"
    summary = "npm, if the package.json in WORKDIR has scripts other than for building and testing"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        index, folder = self.context.index, self.context.request.working_directory
        manifest = index.resolve(f"{folder.rstrip('/')}/{MANIFEST}").entry
        npm = self.context.programs.find("npm")
        if manifest is None or not npm or not index.is_file(manifest.path):
            return
        self.context.content.fetch([manifest.path])
        scripts = read_manifest(self.context.content.head(manifest.path, _LARGEST)).get("scripts")
        names = scripts if isinstance(scripts, dict) else {}
        own = next((each for each in names if not _OF_DEVELOPMENT.fullmatch(each)), "")
        if own:
            detail = f"runs the script `{own}` of {manifest.path}"
            yield Want(path=npm, detail=detail, because=manifest.path)

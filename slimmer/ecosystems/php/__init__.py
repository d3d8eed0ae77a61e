"""PHP: packages that Composer installed, and the command line beside a server."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.php.metadata import ComposerReader
from slimmer.ecosystems.php.rules import ComposerRule, PhpConsoleRule
from slimmer.keep import Landmark

PHP = Ecosystem(
    name="PHP",
    landmarks=(Landmark(name="vendor/composer/installed.json", above=2),),
    folders=("vendor",),
    sources=(".php",),
    rules=(ComposerRule, PhpConsoleRule),
    readers=(ComposerReader,),
)

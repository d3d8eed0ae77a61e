"""PHP: packages that Composer installed, and the command line beside a server."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.php.metadata import ComposerReader
from slimmer.ecosystems.php.rules import ComposerRule, PhpConsoleRule, PhpModulesRule
from slimmer.keep import Landmark, directories

PHP = Ecosystem(
    name="PHP",
    landmarks=(
        Landmark(name="vendor/composer/installed.json", above=2),
        # PREFIX/lib/php, as built from source and in official images.
        Landmark(
            name="lib/php/PEAR.php",
            above=3,
            above_if_shared=1,
            claims=(
                *("bin/pear*", "bin/pecl", "bin/phar*", "bin/php*", "bin/docker-php-*"),
                *("sbin/php-fpm*", "include/php"),
            ),
        ),
        *directories(".composer/cache", ".cache/composer"),
    ),
    folders=("vendor/composer",),
    sources=(".php",),
    rules=(ComposerRule, PhpModulesRule, PhpConsoleRule),
    readers=(ComposerReader,),
)

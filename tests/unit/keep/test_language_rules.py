"""Java, Ruby, PHP and Perl: the runtime that ran, and the packages that were touched."""

from __future__ import annotations

import json

import pytest

from slimmer.model import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

# ---------------------------------------------------------------- Java

HOME = "/usr/lib/jvm/java-17-openjdk-amd64"


def test_a_java_runtime_that_ran_is_whole_but_for_what_builds(tree: ImageTree) -> None:
    for name in ("lib/modules", "lib/server/libjvm.so", "lib/tzdb.dat", "lib/libnet.so"):
        tree.add(f"{HOME}/{name}")
    for name in ("lib/src.zip", "lib/ct.sym", "jmods/java.base.jmod", "lib/libawt_xawt.so"):
        tree.add(f"{HOME}/{name}")
    tree.add("/etc/java-17-openjdk/security/java.security")
    tree.link(f"{HOME}/conf", "/etc/java-17-openjdk")
    tree.add("/etc/ssl/certs/java/cacerts")
    tree.link(f"{HOME}/lib/security/cacerts", "/etc/ssl/certs/java/cacerts")
    tree.add("/usr/lib/jvm/other/lib/server/libjvm.so")
    ran = seen(f"{HOME}/lib/modules")
    assert tree.gained("java-runtime", *ran) >= {f"{HOME}/lib/tzdb.dat", f"{HOME}/lib/libnet.so"}
    kept = tree.decide(*ran, with_rules=frozenset({"java-runtime"})).reasons
    assert {path for path in kept if not tree.is_directory(path)} == {
        f"{HOME}/lib/modules",
        f"{HOME}/lib/server/libjvm.so",
        f"{HOME}/lib/tzdb.dat",
        f"{HOME}/lib/libnet.so",
        f"{HOME}/lib/security/cacerts",
        "/etc/java-17-openjdk/security/java.security",
        "/etc/ssl/certs/java/cacerts",
    }


JARS = frozenset({"jars"})


def test_jars_beside_those_that_were_opened_are_kept(tree: ImageTree) -> None:
    for path in ("/opt/app/lib/a.jar", "/opt/app/lib/b.jar", "/usr/share/java/x.jar"):
        tree.add(path)
    tree.add("/usr/share/java/y.jar")
    tree.package("libx-java", "/usr/share/java/x.jar", "/usr/share/java/y.jar")
    ran = seen("/opt/app/lib/a.jar", "/usr/share/java/x.jar")
    assert tree.gained("jars", *ran, strategy=Strategy.MINIMAL, with_rules=JARS) == {
        "/opt/app/lib/b.jar"
    }


# ---------------------------------------------------------------- Ruby

RUBY = "/usr/local/lib/ruby"


def test_the_library_of_a_ruby_that_ran_is_whole(tree: ImageTree) -> None:
    library = f"{RUBY}/3.3.0"
    for name in ("English.rb", "net/http.rb", "x86_64-linux/json.so", "x86_64-linux/ruby.h"):
        tree.add(f"{library}/{name}")
    default = f"{RUBY}/gems/3.3.0/specifications/default/json-2.7.gemspec"
    tree.add(default)
    tree.add(f"{RUBY}/gems/3.3.0/gems/rake-13/lib/rake.rb")
    tree.add("/usr/lib/ruby/3.1.0/English.rb")
    gained = tree.gained("ruby-library", *seen(f"{library}/English.rb"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{library}/net/http.rb",
        f"{library}/x86_64-linux/json.so",
        default,
    }


def test_a_touched_gem_is_whole_with_what_it_depends_on(tree: ImageTree) -> None:
    home = "/usr/local/bundle"
    specification = 's.add_runtime_dependency(%q<rack>.freeze, ["~> 3.0"])\n'
    tree.add(f"{home}/specifications/sinatra-4.0.gemspec", specification)
    tree.add(f"{home}/specifications/rack-3.0.1.gemspec")
    tree.add(f"{home}/specifications/rspec-3.0.gemspec")
    runtime = ("lib/sinatra.rb", "lib/sinatra/late.rb", "views/500.erb", "LICENSE")
    for name in (*runtime, "spec/a_spec.rb", "README.md"):
        tree.add(f"{home}/gems/sinatra-4.0/{name}")
    tree.add(f"{home}/gems/rack-3.0.1/lib/rack.rb")
    tree.add(f"{home}/extensions/x86_64-linux/3.3.0/rack-3.0.1/rack.so")
    tree.add(f"{home}/extensions/x86_64-linux/3.3.0/rack-3.0.1/gem_make.out")
    tree.add(f"{home}/gems/rspec-3.0/lib/rspec.rb")
    # bundler reads all specifications.
    ran = seen(
        f"{home}/gems/sinatra-4.0/lib/sinatra.rb", f"{home}/specifications/rspec-3.0.gemspec"
    )
    gained = tree.gained("gems", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{home}/specifications/sinatra-4.0.gemspec",
        f"{home}/specifications/rack-3.0.1.gemspec",
        *(f"{home}/gems/sinatra-4.0/{name}" for name in runtime[1:]),
        f"{home}/gems/rack-3.0.1/lib/rack.rb",
        f"{home}/extensions/x86_64-linux/3.3.0/rack-3.0.1/rack.so",
    }


def test_what_ruby_code_requires_is_looked_up_in_vendor_ruby_and_gems(tree: ImageTree) -> None:
    vendor, gems = "/usr/lib/ruby/vendor_ruby", "/usr/share/rubygems-integration/all/gems"
    tree.add("/app/app.rb", "def f\n  require 'web/base'\n  require_relative './own'\nend\n")
    tree.add("/app/own.rb", "autoload :X, 'late'\nrequire 'json'\n")
    tree.add(f"{vendor}/web/base.rb", "require('tilt')\n")
    tree.add(f"{vendor}/web/unused.rb")
    tree.add(f"{vendor}/late.rb")
    tree.add(f"{gems}/tilt-2.0/lib/tilt.rb")
    gained = tree.gained("ruby-requires", *seen("/app/app.rb"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{vendor}/web/base.rb",
        f"{vendor}/late.rb",
        f"{gems}/tilt-2.0/lib/tilt.rb",
    }


# ---------------------------------------------------------------- PHP


def test_composers_packages_are_kept_but_those_for_development(tree: ImageTree) -> None:
    vendor = "/app/vendor"
    installed = {"packages": [], "dev-package-names": ["phpunit/phpunit"]}
    tree.add(f"{vendor}/composer/installed.json", json.dumps(installed))
    for name in ("autoload.php", "a/b/src/Late.php", "a/b/tests/T.php", "phpunit/phpunit/x.php"):
        tree.add(f"{vendor}/{name}")
    tree.add("/app/index.php")
    gained = tree.gained("composer", *seen("/app/index.php", f"{vendor}/autoload.php"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{vendor}/composer/installed.json",
        f"{vendor}/a/b/src/Late.php",
    }


@pytest.mark.parametrize("text", ["", "[]", "{", '{"dev-package-names": [1]}'])
def test_a_list_that_composer_did_not_write_names_nothing(tree: ImageTree, text: str) -> None:
    tree.add("/app/vendor/composer/installed.json", text)
    tree.add("/app/vendor/a/b/C.php")
    tree.add("/app/vendor/autoload.php")
    assert "/app/vendor/a/b/C.php" in tree.gained("composer", *seen("/app/vendor/autoload.php"))


# ---------------------------------------------------------------- Perl


def test_perl_modules_keep_what_they_may_ask_for(tree: ImageTree) -> None:
    core, local = "/usr/share/perl/5.36.0", "/usr/local/share/perl/5.36.0"
    tree.add(f"{core}/strict.pm")
    tree.add(f"{core}/Late.pm")
    tree.add(f"{core}/Unused.pm")
    tree.add(f"{core}/unicore/lib/Lower.pl")
    tree.add("/usr/lib/x86_64-linux-gnu/perl/5.36/auto/Fast/Fast.so")
    tree.add("/usr/lib/x86_64-linux-gnu/perl/5.36/Fast.pm")
    tree.add("/usr/share/perl5/Shop.pm", "use strict;\nsub f { require Late; }\nuse Fast 1.0;\n")
    tree.add(f"{local}/auto/x")
    gained = tree.gained("perl-modules", *seen("/usr/share/perl5/Shop.pm"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{core}/strict.pm",
        f"{core}/Late.pm",
        f"{core}/unicore/lib/Lower.pl",
        "/usr/lib/x86_64-linux-gnu/perl/5.36/Fast.pm",
        "/usr/lib/x86_64-linux-gnu/perl/5.36/auto/Fast/Fast.so",
    }


def test_a_perl_script_that_was_executed_keeps_its_modules(tree: ImageTree) -> None:
    tree.add("/usr/share/perl/5.36.0/strict.pm")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/srv/run", "#!/usr/bin/perl -w\nuse strict;\n__END__\nuse More;\n", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/srv/run", access=Access.EXECUTE))
    assert "/usr/share/perl/5.36.0/strict.pm" in gained

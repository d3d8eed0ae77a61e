"""Java, Ruby, PHP and Perl: the runtime that ran, and the packages that were touched."""

from __future__ import annotations

import json
from itertools import chain

import pytest

from slimmer.values import Access, Strategy
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


def test_one_archive_of_classes_is_enough(tree: ImageTree) -> None:
    for name in ("lib/modules", "lib/server/libjvm.so"):
        tree.add(f"{HOME}/{name}")
    for name in ("classes.jsa", "classes_nocoops.jsa"):
        tree.add(f"{HOME}/lib/server/{name}")
    ran = seen(f"{HOME}/lib/modules", f"{HOME}/lib/server/classes.jsa")
    kept = tree.decide(*ran, strategy=Strategy.BALANCED).reasons
    assert f"{HOME}/lib/server/classes.jsa" in kept
    assert f"{HOME}/lib/server/classes_nocoops.jsa" not in kept


def test_fontconfig_which_java_opens_by_name_is_kept(tree: ImageTree) -> None:
    libraries = "/usr/lib/x86_64-linux-gnu"
    tree.add(f"{HOME}/lib/modules")
    tree.add(f"{HOME}/lib/server/libjvm.so")
    tree.compile(f"{HOME}/lib/libfontmanager.so", "int x;", shared=True)
    tree.compile(f"{libraries}/libfontconfig.so.1.12.0", "int y;", shared=True)
    tree.link(f"{libraries}/libfontconfig.so.1", "libfontconfig.so.1.12.0")
    gained = tree.gained("java-runtime", *seen(f"{HOME}/lib/modules"))
    assert f"{libraries}/libfontconfig.so.1.12.0" in gained


def test_javas_programs_are_found_by_their_names(tree: ImageTree) -> None:
    for name in ("lib/server/libjvm.so", "lib/modules", "bin/keytool", "bin/javac"):
        tree.add(f"{HOME}/{name}", mode=0o755)
        tree.link(f"/etc/alternatives/{name.rpartition('/')[2]}", f"{HOME}/{name}")
    for name in ("keytool", "javac"):
        tree.link(f"/usr/bin/{name}", f"/etc/alternatives/{name}")
    gained = tree.gained("java-runtime", *seen(f"{HOME}/lib/modules"))
    assert gained >= {"/usr/bin/keytool", "/etc/alternatives/keytool", f"{HOME}/bin/keytool"}
    assert gained.isdisjoint({"/usr/bin/javac", f"{HOME}/bin/javac"})


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


def test_tools_of_the_library_that_were_not_used_are_left_out(tree: ImageTree) -> None:
    library = f"{RUBY}/3.3.0"
    for name in ("English.rb", "bundler.rb", "bundler/setup.rb", "debug/x.rb", "csv/table.rb"):
        tree.add(f"{library}/{name}")
    tree.add(f"{library}/rubygems/version.rb")
    tree.add("/usr/lib/ruby/vendor_ruby/rubygems.rb")
    tree.add("/usr/lib/ruby/vendor_ruby/rubygems/version.rb")
    ran = seen(f"{library}/English.rb", "/usr/lib/ruby/vendor_ruby/rubygems.rb")
    gained = tree.gained("ruby-library", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{library}/csv/table.rb",
        "/usr/lib/ruby/vendor_ruby/rubygems/version.rb",
    }
    with_bundler = tree.gained("ruby-library", *ran, *seen(f"{library}/bundler/setup.rb"))
    assert f"{library}/bundler.rb" in with_bundler


def test_a_packaged_gem_is_whole_with_its_specification(tree: ImageTree) -> None:
    vendor = "/usr/lib/ruby/vendor_ruby"
    specification = "/usr/share/rubygems-integration/all/specifications/sqlite3-1.4.2.gemspec"
    files = (f"{vendor}/sqlite3.rb", f"{vendor}/sqlite3/pragmas.rb", specification)
    compiled = "/usr/lib/x86_64-linux-gnu/ruby/vendor_ruby/3.1.0/sqlite3/sqlite3_native.so"
    for path in (*files, compiled, "/usr/share/doc/ruby-sqlite3/README"):
        tree.add(path)
    tree.package("ruby-sqlite3", *files, compiled, "/usr/share/doc/ruby-sqlite3/README")
    gained = tree.gained("gems", *seen(f"{vendor}/sqlite3.rb"))
    assert {path for path in gained if not tree.is_directory(path)} == {*files[1:], compiled}


def test_a_packaged_gem_has_its_programs_in_ruby(tree: ImageTree) -> None:
    vendor = "/usr/lib/ruby/vendor_ruby"
    specification = "/usr/share/rubygems-integration/all/specifications/railties-6.1.7.gemspec"
    files = (f"{vendor}/rails/command.rb", specification, "/usr/bin/rails", "/usr/bin/rails-gui")
    for path in files[:2]:
        tree.add(path)
    tree.add("/usr/bin/rails", "#!/usr/bin/ruby\nload Gem.bin_path('railties', 'rails')\n")
    tree.add("/usr/bin/rails-gui", b"\x7fELF")
    tree.package("ruby-railties", *files)
    gained = tree.gained("gems", *seen(f"{vendor}/rails/command.rb"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        specification,
        "/usr/bin/rails",
    }


def test_an_application_with_tasks_has_rake(tree: ImageTree) -> None:
    gems = "/usr/share/rubygems-integration/all"
    tree.add("/usr/bin/rake", mode=0o755)
    tree.add(f"{gems}/gems/rake-13.0.6/lib/rake.rb")
    tree.add(f"{gems}/specifications/rake-13.0.6.gemspec")
    tree.add("/srv/app/Rakefile")
    tree.add("/srv/app/app.rb")
    gained = tree.gained("gems", *seen("/srv/app/app.rb"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/bin/rake",
        f"{gems}/gems/rake-13.0.6/lib/rake.rb",
        f"{gems}/specifications/rake-13.0.6.gemspec",
    }


def test_what_lies_beside_rubygems_in_vendor_ruby_requires_as_well(tree: ImageTree) -> None:
    vendor = "/usr/lib/ruby/vendor_ruby"
    tree.add(f"{vendor}/rubygems.rb", "require 'bundler'\n")
    tree.add(f"{vendor}/bundler.rb")
    tree.add(f"{vendor}/sqlite3.rb", "require 'sqlite3/database'\n")
    tree.add(f"{vendor}/sqlite3/database.rb")
    gained = tree.gained("ruby-requires", *seen(f"{vendor}/rubygems.rb", f"{vendor}/sqlite3.rb"))
    assert f"{vendor}/sqlite3/database.rb" in gained
    assert f"{vendor}/bundler.rb" not in gained


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


def test_a_gem_requires_one_that_debian_has_in_vendor_ruby_and_that_one_others(
    tree: ImageTree,
) -> None:
    home, vendor = "/usr/share/rubygems-integration/all", "/usr/lib/ruby/vendor_ruby"
    watch = [f"{home}/specifications/jekyll-watch-2.2.gemspec", f"{vendor}/jekyll-watch.rb"]
    tree.add(f"{home}/specifications/jekyll-4.gemspec", "s.add_dependency(%q<jekyll-watch>, [])\n")
    tree.add(f"{home}/gems/jekyll-4/lib/jekyll.rb")
    tree.add(watch[0], "s.add_runtime_dependency(%q<listen>.freeze, [])\n")
    tree.add(watch[1])
    tree.package("ruby-jekyll-watch", *watch)
    tree.add(f"{home}/gems/listen-3/lib/listen.rb")
    tree.add(f"{home}/gems/pry-3/lib/pry.rb")
    # RubyGems reads all specifications, whatever is required then.
    ran = seen(watch[0], f"{home}/specifications/jekyll-4.gemspec")
    gained = tree.gained("gems", *ran, *seen(f"{home}/gems/jekyll-4/lib/jekyll.rb"))
    assert {watch[1], f"{home}/gems/listen-3/lib/listen.rb"} <= gained
    assert f"{home}/gems/pry-3" not in gained


def test_a_command_of_a_gem_that_came_with_ruby(tree: ImageTree) -> None:
    gems = "/usr/lib/ruby/gems/3.1.0/gems"
    script = "#!/usr/bin/ruby\nload Gem.activate_bin_path('irb', 'irb', version)\n"
    tree.add("/usr/bin/irb3.1", script, 0o755)
    for path in ("irb-1.4.1/exe/irb", "rake-13/exe/irb", "rake-13/lib/rake.rb"):
        tree.add(f"{gems}/{path}")
    gained = tree.gained("ruby-requires", *seen("/usr/bin/irb3.1"))
    assert f"{gems}/irb-1.4.1/exe/irb" in gained
    assert f"{gems}/rake-13" not in gained


def test_one_of_the_gems_that_came_with_ruby_says_nothing_of_the_others(tree: ImageTree) -> None:
    """Debian has them in the package of the standard library, with all specifications."""
    home, gems = "/usr/lib/ruby/gems/3.1.0", ("rexml-3.2.5", "rss-0.2.9", "rbs-2.1.0")
    files = {gem: [f"{home}/gems/{gem}/lib/{name}.rb" for name in ("a", "b")] for gem in gems}
    files["specifications"] = [f"{home}/specifications/{gem}.gemspec" for gem in gems]
    everything = [*chain(*files.values()), "/usr/lib/ruby/3.1.0/English.rb"]
    for path in everything:
        tree.add(path, "s.add_dependency('rexml')" if "rss-0.2.9.gemspec" in path else "")
    tree.package("libruby3.1", *everything)
    gained = tree.gained("gems", *seen(files["rss-0.2.9"][0]))
    assert {files["rss-0.2.9"][1], *files["rexml-3.2.5"]} <= gained
    assert gained.isdisjoint({*files["rbs-2.1.0"], f"{home}/specifications/rbs-2.1.0.gemspec"})


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


GEMS = "/usr/local/lib/ruby/gems/3.3.0/gems"


def test_settings_name_what_ruby_code_requires(tree: ImageTree) -> None:
    tree.package("ruby", "/usr/bin/ruby")
    for name in ("prime", "matrix", "rexml", "net-ftp", "unused"):
        tree.add(f"{GEMS}/{name}-1.0/lib/{name.replace('-', '/')}.rb")
    tree.add("/app/app.yml", "# unused\nneeds: prime matrix\nmore: [net/ftp]\n")
    code = "NEEDS = %w[rexml other]\n"
    tree.add("/app/app.rb", code)
    ran = seen("/app/app.rb", "/app/app.yml")
    assert not any(GEMS in path for path in tree.gained("ruby-requires", *ran))
    tree.add("/app/app.rb", f"{code}(NEEDS + needs).each {{ |name| require name }}\n")
    gained = tree.gained("ruby-requires", *ran)
    assert {path for path in gained if path.endswith(".rb")} == {
        f"{GEMS}/prime-1.0/lib/prime.rb",
        f"{GEMS}/matrix-1.0/lib/matrix.rb",
        f"{GEMS}/rexml-1.0/lib/rexml.rb",
        f"{GEMS}/net-ftp-1.0/lib/net/ftp.rb",
    }


def test_ruby_of_the_author_under_another_name(tree: ImageTree) -> None:
    """`ruby -e 'load "app/main.inc"'`."""
    tree.package("ruby", "/usr/bin/ruby")
    for name in ("prime", "matrix", "unused"):
        tree.add(f"{GEMS}/{name}-1.0/lib/{name}.rb")
    tree.add("/app/app.yml", "needs: [matrix]\n")
    code = '# Copyright\nrequire "prime"\nneeds.each { |name| require name }\n'
    tree.add("/app/main.inc", code)
    tree.add("/app/main.txt", code.replace("prime", "unused"))
    gained = tree.gained("ruby-requires", *seen("/app/main.inc", "/app/main.txt", "/app/app.yml"))
    assert {path for path in gained if path.endswith(".rb")} == {
        f"{GEMS}/prime-1.0/lib/prime.rb",
        f"{GEMS}/matrix-1.0/lib/matrix.rb",
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


@pytest.mark.parametrize(
    ("server", "program"),
    [
        ("/usr/lib/apache2/modules/libphp8.2.so", "php8.2"),
        ("/usr/sbin/php-fpm8.2", "php8.2"),
        ("/usr/local/sbin/php-fpm", "php"),
    ],
)
def test_an_application_that_a_server_runs_has_its_console(
    tree: ImageTree, server: str, program: str
) -> None:
    for name in ("php8.2", "php7.4", "env"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.link("/usr/bin/php", "/etc/alternatives/php")
    tree.link("/etc/alternatives/php", "/usr/bin/php8.2")
    tree.add(server)
    gained = tree.gained("php-console", *seen(server))
    assert gained >= {f"/usr/bin/{program}", "/usr/bin/php8.2", "/usr/bin/php", "/usr/bin/env"}
    assert "/usr/bin/php7.4" not in gained


# ---------------------------------------------------------------- Perl


def test_a_perl_that_a_branch_starts_has_what_its_modules_load(tree: ImageTree) -> None:
    core = "/usr/share/perl/5.36.0"
    modules = [f"{core}/{name}.pm" for name in ("strict", "File/Spec", "File/Spec/Unix", "Cwd")]
    for path in modules:
        tree.add(path)
    tree.add(f"{core}/File/Spec/Unix.pm", "use Cwd ();\n")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/srv/late.pl", "#!/usr/bin/perl\nuse strict;\nuse File::Spec;\n", mode=0o755)
    assert f"{core}/Cwd.pm" in tree.gained("perl-modules", *seen("/srv/late.pl"))


@pytest.mark.parametrize(
    ("text", "is_perl"),
    [
        ("# counts\n\nuse warnings; use Text::ParseWords;\n", True),
        ("package Words 1.0;\nuse Text::ParseWords;\n", True),
        ("We use Text::ParseWords;\nuse Text::ParseWords;\n", False),
        ("use std::io;\nuse Text::ParseWords;\n", False),
    ],
)
def test_perl_of_the_author_under_another_name(tree: ImageTree, text: str, is_perl: bool) -> None:
    """`subprocess.run(["perl", "/app/words.inc"])`."""
    module = "/usr/share/perl/5.36.0/Text/ParseWords.pm"
    tree.add("/usr/share/perl/5.36.0/strict.pm")
    tree.add(module)
    tree.add("/usr/bin/perl", mode=0o755)
    tree.package("perl", "/usr/bin/perl", module, "/usr/share/perl/5.36.0/strict.pm")
    tree.add("/app/words.inc", text)
    assert (module in tree.gained("perl-modules", *seen("/app/words.inc"))) == is_perl


def test_modules_of_a_directory_of_which_one_is_required(tree: ImageTree) -> None:
    """By a module of Perl itself that another one of them asks for."""
    core = "/usr/share/perl/5.36.0"
    names = ("strict", "File/Find", "File/Spec", "File/Spec/Unix", "File/Other/Unix")
    for name in names:
        tree.add(f"{core}/{name}.pm")
    tree.add(f"{core}/File/Find.pm", "use File::Spec;\n")
    tree.add(f"{core}/File/Spec.pm", 'my $m = $os{$^O} || "Unix";\nrequire "File/Spec/$m.pm";\n')
    tree.package("perl-modules-5.36", *(f"{core}/{name}.pm" for name in names))
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/srv/late.pl", "#!/usr/bin/perl\nuse File::Find;\n", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/srv/late.pl"))
    assert {path for path in gained if path.endswith(".pm")} == {
        f"{core}/File/{name}.pm" for name in ("Find", "Spec", "Spec/Unix")
    }


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


def test_perl_modules_behind_a_condition(tree: ImageTree) -> None:
    core = "/usr/share/perl/5.36.0"
    for name in ("strict.pm", "if.pm", "deprecate.pm", "autouse.pm", "Text/Wrap.pm", "unless.pm"):
        tree.add(f"{core}/{name}")
    text = "use if $] >= 5.019, 'deprecate';\nuse autouse 'Text::Wrap' => qw(wrap);\n# use unless\n"
    tree.add("/usr/share/perl5/Fast.pm", text)
    tree.add("/usr/bin/perl", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/usr/share/perl5/Fast.pm"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{core}/{name}" for name in ("if.pm", "deprecate.pm", "autouse.pm", "Text/Wrap.pm")
    }


def test_perl_modules_of_a_directory_by_names_that_are_put_together(tree: ImageTree) -> None:
    core = "/usr/share/perl/5.36.0"
    for name in ("strict", "Test/Event/Ok", "Test/Event/Fail", "Test/Other"):
        tree.add(f"{core}/{name}.pm")
    loads = 'map { my $file = "Test/Event/$_.pm"; require $file } qw/Ok Fail/;\n'
    tree.add("/usr/share/perl5/Test/API.pm", loads)
    tree.add("/usr/bin/perl", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/usr/share/perl5/Test/API.pm"))
    assert {f"{core}/Test/Event/Ok.pm", f"{core}/Test/Event/Fail.pm"} <= gained
    assert f"{core}/Test/Other.pm" not in gained


def test_a_perl_script_that_was_executed_keeps_its_modules(tree: ImageTree) -> None:
    tree.add("/usr/share/perl/5.36.0/strict.pm")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/srv/run", "#!/usr/bin/perl -w\nuse strict;\n__END__\nuse More;\n", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/srv/run", access=Access.EXECUTE))
    assert "/usr/share/perl/5.36.0/strict.pm" in gained


def test_a_packaged_distribution_is_whole_for_names_made_up_at_run_time(tree: ImageTree) -> None:
    core, vendor = "/usr/share/perl/5.36.0", "/usr/share/perl5"
    zones = [f"{vendor}/DateTime/TimeZone.pm", f"{vendor}/DateTime/TimeZone/Asia/Tokyo.pm"]
    for path in (*zones, f"{vendor}/DateTime/TimeZone.pod", f"{core}/strict.pm", f"{core}/X.pm"):
        tree.add(path, "use Needed;\n" if path == zones[1] else "")
    tree.add(f"{vendor}/Needed.pm")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.package("libdatetime-timezone-perl", *zones, f"{vendor}/DateTime/TimeZone.pod")
    tree.package("perl-modules-5.36", f"{core}/strict.pm", f"{core}/X.pm")
    ran = seen("/usr/bin/perl", zones[0], f"{core}/strict.pm")
    gained = tree.gained("perl-modules", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == {
        zones[1],
        f"{vendor}/Needed.pm",
    }


def test_modules_below_one_that_was_loaded_are_its_parts(tree: ImageTree) -> None:
    core = "/usr/share/perl/5.36.0"
    compiled = "/usr/lib/x86_64-linux-gnu/perl/5.36.0"
    below = {f"{core}/Encode/JP.pm", f"{core}/Encode/sv.pl", f"{compiled}/Encode/de.pl"}
    for name in ("strict.pm", "Encode.pm", "Encode/JP/deep.pm", "Math/BigInt.pm"):
        tree.add(f"{core}/{name}")
    for path in (*below, f"{compiled}/strict.pm", f"{compiled}/Encode/Locale.pm"):
        tree.add(path)
    tree.add("/usr/bin/perl", mode=0o755)
    gained = tree.gained("perl-modules", *seen("/usr/bin/perl", f"{core}/Encode.pm"))
    assert {path for path in gained if not tree.is_directory(path)} == below


def test_what_perl_itself_asks_for_brings_no_tables(tree: ImageTree) -> None:
    """`Getopt::Long` may print a manual, which has encodings; a text that names one needs them."""
    core = "/usr/share/perl/5.36.0"
    texts = {"strict": "", "Getopt/Long": "require Pod::Text;\n", "Pod/Text": "use Encode;\n"}
    names = [*texts, "Encode", "Encode/JP"]
    for name in names:
        tree.add(f"{core}/{name}.pm", texts.get(name, ""))
    tree.package("perl-modules-5.36", *(f"{core}/{name}.pm" for name in names))
    tree.add("/usr/bin/perl", mode=0o755)
    script = "#!/usr/bin/perl\nuse Getopt::Long;\nopen my $f, '<:encoding(%s)', 'x';\n"
    for encoding, has_tables in (("UTF-8", False), ("Shift_JIS", True), ("$charset", True)):
        tree.add("/srv/check", script % encoding, mode=0o755)
        gained = tree.gained("perl-modules", *seen("/usr/bin/perl", "/srv/check"))
        assert f"{core}/Encode.pm" in gained
        assert (f"{core}/Encode/JP.pm" in gained) is has_tables


def test_a_packaged_distribution_brings_those_that_it_depends_on(tree: ImageTree) -> None:
    vendor = "/usr/share/perl5"
    for name in ("XML/Simple.pm", "XML/LibXML.pm", "XML/LibXML/SAX.pm"):
        tree.add(f"{vendor}/{name}")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.package("libxml-simple-perl", f"{vendor}/XML/Simple.pm", fields="Depends: libxml-perl\n")
    libxml = ("XML/LibXML.pm", "XML/LibXML/SAX.pm")
    tree.package("libxml-perl", *(f"{vendor}/{name}" for name in libxml))
    gained = tree.gained("perl-modules", *seen("/usr/bin/perl", f"{vendor}/XML/Simple.pm"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{vendor}/{name}" for name in libxml
    }


def test_a_module_of_the_application_that_no_probe_loaded_keeps_what_it_uses(
    tree: ImageTree,
) -> None:
    tree.add("/usr/share/perl/5.36.0/strict.pm")
    compiled = "/usr/lib/x86_64-linux-gnu/perl5/5.36"
    for name in ("DBI.pm", "DBD/SQLite.pm", "DBD/mysql.pm", "auto/DBD/SQLite/SQLite.so"):
        tree.add(f"{compiled}/{name}")
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add("/srv/app/app.pl")
    tree.add("/srv/app/lib/Shop.pm", "use DBI;\nDBI->connect('dbi:SQLite:dbname=x');\n")
    gained = tree.gained("perl-modules", *seen("/usr/bin/perl", "/srv/app/app.pl"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{compiled}/DBI.pm",
        f"{compiled}/DBD/SQLite.pm",
        f"{compiled}/auto/DBD/SQLite/SQLite.so",
    }


def test_a_jdk_that_no_package_owns_is_a_runtime_all_the_same(tree: ImageTree) -> None:
    """As official images have it in /opt/java/openjdk: known by its libjvm.so, so that Java's rule
    decides and what only builds does not stay as the author's own."""
    home = "/opt/java/openjdk"
    runtime = ("lib/server/libjvm.so", "lib/modules", "lib/tzdb.dat", "conf/net.properties")
    building = (
        *("lib/src.zip", "lib/ct.sym", "jmods/java.base.jmod", "include/jni.h", "bin/javac"),
        *("man/man1/java.1", "legal/java.base/LICENSE", "demo/x.jar"),
    )
    for name in (*runtime, *building, "bin/java", "bin/keytool", "release"):
        tree.add(f"{home}/{name}", mode=0o755 if name.startswith("bin/") else 0o644)
    tree.add("/opt/java/own.properties")
    tree.package("libc6", "/usr/lib/libc.so.6")
    tree.add("/usr/lib/libc.so.6")
    ran = seen(f"{home}/lib/server/libjvm.so", f"{home}/lib/modules", f"{home}/bin/java")
    kept = tree.decide(*ran, strategy=Strategy.BALANCED, config={"WorkingDir": "/app"}).reasons
    assert {f"{home}/{name}" for name in (*runtime, "bin/java", "bin/keytool")} <= kept.keys()
    assert kept.keys().isdisjoint(f"{home}/{name}" for name in building)
    assert "/opt/java/own.properties" in kept
    never_ran = tree.decide(strategy=Strategy.BALANCED, config={"WorkingDir": "/app"}).reasons
    assert not any(path.startswith(f"{home}/") for path in never_ran)

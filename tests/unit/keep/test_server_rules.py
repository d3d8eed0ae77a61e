"""Servers with split configuration, whatever their names."""

from __future__ import annotations

from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen


def test_the_tree_of_a_configuration_that_was_read_is_whole(tree: ImageTree) -> None:
    for name in ("proxy/proxy.conf", "proxy/conf.d/b.conf", "other/a.conf", "ssl/private/key"):
        tree.add(f"/etc/{name}")
    tree.link("/etc/proxy/enabled/b.conf", "../conf.d/b.conf")
    tree.add("/usr/local/etc/cache/cache.conf")
    tree.add("/usr/local/etc/cache/more.conf")
    read = seen("/etc/proxy/proxy.conf", "/etc/ssl/x", "/usr/local/etc/cache/cache.conf")
    gained = tree.gained("configuration-tree", *read)
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/etc/proxy/conf.d/b.conf",
        "/etc/proxy/enabled/b.conf",
        "/usr/local/etc/cache/more.conf",
    }


def test_what_the_configuration_names_is_kept(tree: ImageTree) -> None:
    tree.add(
        "/etc/proxy/proxy.conf",
        "errorfile 503 /usr/share/proxy/errors/503.http\n"
        'DocumentRoot "/var/www/site";\n'
        "# commented /usr/share/comment/x\n"
        "include /usr/share/proxy/parts/*.inc; log /var/log/proxy; home /usr/share\n"
        "url http://host/usr/share/url/x $var/usr/share/variable\n",
    )
    named = (
        "/usr/share/proxy/errors/503.http",
        "/var/www/site/index.html",
        "/usr/share/proxy/parts/a.inc",
    )
    others = ("proxy/errors/404.http", "comment/x", "proxy/parts/b.txt", "url/x", "variable")
    for path in (*named, *(f"/usr/share/{name}" for name in others), "/var/log/proxy/old.log"):
        tree.add(path)
    gained = tree.gained("configured-paths", *seen("/etc/proxy/proxy.conf"))
    assert {path for path in gained if not tree.is_directory(path)} == set(named)


def test_configuration_that_was_not_read_names_nothing(tree: ImageTree) -> None:
    tree.add("/etc/proxy/proxy.conf")
    tree.add("/etc/proxy/available.conf", "root /var/www/site\n")
    tree.add("/var/www/site/index.html")
    tree.add("/etc/passwd", "root:x:0:0::/root:/bin/shell\n")
    tree.add("/bin/shell", mode=0o755)
    assert not tree.gained("configured-paths", *seen("/etc/proxy/proxy.conf", "/etc/passwd"))


def test_the_control_program_of_a_server_is_kept_with_what_it_runs(tree: ImageTree) -> None:
    tree.add("/usr/sbin/proxyd", mode=0o755)
    tree.add("/usr/sbin/proxyctl", "#!/bin/sh\nid -u && exec proxyd -t\n", mode=0o755)
    tree.add("/usr/sbin/otherctl", mode=0o755)
    for name in ("sh", "id"):
        tree.add(f"/bin/{name}", mode=0o755)
    gained = tree.gained("control-programs", *seen("/usr/sbin/proxyd", access=Access.EXECUTE))
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/sbin/proxyctl",
        "/bin/sh",
        "/bin/id",
    }


def test_libraries_that_the_configuration_names_without_their_directory(tree: ImageTree) -> None:
    text = '<map dll="Helper" target="$folder/libHelper.so"/>\n<map target="libtls.so.3"/>\n'
    tree.add("/etc/runtime/config", text + "<!-- mylibother.so --> libheavy.so libother.so.c\n")
    for name in ("Helper.so", "tls.so.3", "other.so", "heavy.so", "unnamed.so"):
        tree.add(f"/usr/lib/lib{name}")
    with (tree.root / "usr/lib/libheavy.so").open("wb") as file:
        file.truncate(9_000_000)
    gained = tree.gained("configured-paths", *seen("/etc/runtime/config"))
    libraries = {"/usr/lib/libHelper.so", "/usr/lib/libtls.so.3"}
    assert {path for path in gained if not tree.is_directory(path)} == libraries


def test_configuration_is_also_what_is_named_like_run_commands(tree: ImageTree) -> None:
    tree.add("/etc/galleryrc", "filter=/usr/share/gallery/filter.py\n")
    tree.add("/etc/inputrc", "$include /usr/share/typing/keys\n")
    for path in ("/usr/share/gallery/filter.py", "/usr/share/typing/keys"):
        tree.add(path)
    gained = tree.gained("configured-paths", *seen("/etc/galleryrc", "/etc/inputrc"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/share/gallery/filter.py"
    }


def test_modules_that_a_script_may_switch_on(tree: ImageTree) -> None:
    switch, load = "/usr/sbin/enmod", "/etc/web/mods-available/tls.load"
    tree.add(switch, '#!/usr/bin/perl\nmy $dir = "/etc/web/mods-available";\n', mode=0o755)
    tree.add("/usr/sbin/webctl", "#!/bin/sh\necho /etc/web/sites\n", mode=0o755)
    tree.add("/usr/bin/perl", mode=0o755)
    tree.add(load, "# /usr/lib/web/mod_not.so\nLoadModule tls /usr/lib/web/mod_tls.so\n")
    tree.add("/etc/web/mods-available/big.load", "LoadModule big /usr/lib/web/mod_big.so\n")
    for name in ("tls", "not", "other", "big"):
        size = 3_000_000 if name == "big" else 1
        source = f"char f[{size}] = {{1}};"
        tree.compile(f"/usr/lib/web/mod_{name}.so", source, shared=True)
    tree.package("web", switch, load, "/etc/web/mods-available/big.load", "/usr/sbin/webctl")
    starts = seen(switch, access=Access.EXECUTE)
    gained = tree.gained("switched-modules", *starts)
    assert {path for path in gained if path.endswith(".so")} == {"/usr/lib/web/mod_tls.so"}
    tree.add("/start", "#!/bin/sh\nenmod big\n", mode=0o755)
    gained = tree.gained("switched-modules", *starts, *seen("/start", access=Access.EXECUTE))
    assert "/usr/lib/web/mod_big.so" in gained
    assert not tree.gained("switched-modules", *seen("/usr/sbin/webctl", access=Access.EXECUTE))

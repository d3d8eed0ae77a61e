"""What system libraries read when they are first asked."""

from __future__ import annotations

import os

import pytest

from slimmer.keep.rules.system.locales import comparable
from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
FRENCH = "/usr/lib/locale/fr_FR.utf8/LC_CTYPE"


def test_all_time_zones_are_kept_once(tree: ImageTree) -> None:
    zones = "/usr/share/zoneinfo"
    for name in ("Asia/Tokyo", "tzdata.zi", "right/Asia/Tokyo", "posix/Asia/Tokyo"):
        tree.add(f"{zones}/{name}")
    tree.link(f"{zones}/Japan", "Asia/Tokyo")
    gained = tree.gained("zone-info")
    assert {f"{zones}/Asia/Tokyo", f"{zones}/Japan", f"{zones}/tzdata.zi"} <= gained
    assert f"{zones}/right" not in gained
    assert f"{zones}/posix" not in gained


def test_single_certificates_are_kept_with_their_hashes(tree: ImageTree) -> None:
    tree.add("/usr/share/ca-certificates/mozilla/One.crt")
    tree.link("/etc/ssl/certs/One.pem", "/usr/share/ca-certificates/mozilla/One.crt")
    tree.link("/etc/ssl/certs/4042bcee.0", "One.pem")
    tree.add("/srv/trust/a.pem")
    assert tree.gained("trust-store", config={"Env": ["SSL_CERT_DIR=/srv/trust"]}) >= {
        "/etc/ssl/certs/4042bcee.0",
        "/etc/ssl/certs/One.pem",
        "/usr/share/ca-certificates/mozilla/One.crt",
        "/srv/trust/a.pem",
    }


def test_openssl_keeps_its_configuration_and_providers(tree: ImageTree) -> None:
    tree.add(f"{LIBRARIES}/libcrypto.so.3")
    tree.add(f"{LIBRARIES}/ossl-modules/legacy.so")
    tree.add("/etc/ssl/openssl.cnf")
    tree.link("/usr/lib/ssl/openssl.cnf", "/etc/ssl/openssl.cnf")
    gained = tree.gained("openssl", *seen(f"{LIBRARIES}/libcrypto.so.3"))
    assert gained >= {
        f"{LIBRARIES}/ossl-modules/legacy.so",
        "/etc/ssl/openssl.cnf",
        "/usr/lib/ssl/openssl.cnf",
    }
    assert not tree.gained("openssl")


def test_the_locales_that_variables_name_are_kept(tree: ImageTree) -> None:
    for name in ("C.utf8", "de_DE.utf8", "fr_FR.utf8"):
        tree.add(f"/usr/lib/locale/{name}/LC_CTYPE")
    for domain in ("shop", "other"):
        tree.add(f"/usr/share/locale/de/LC_MESSAGES/{domain}.mo")
    tree.add("/usr/bin/shop", mode=0o755)
    tree.package("shop", "/usr/bin/shop", "/usr/share/locale/de/LC_MESSAGES/shop.mo")
    tree.package("other", "/usr/share/locale/de/LC_MESSAGES/other.mo")
    tree.package("locales-all", "/usr/lib/locale/de_DE.utf8/LC_CTYPE", FRENCH)
    gained = tree.gained("locale", *seen("/usr/bin/shop"), config={"Env": ["LANG=de_DE.UTF-8"]})
    assert {path for path in gained if not tree.is_directory(path)} == {
        "/usr/lib/locale/C.utf8/LC_CTYPE",
        "/usr/lib/locale/de_DE.utf8/LC_CTYPE",
        "/usr/share/locale/de/LC_MESSAGES/shop.mo",
    }
    plain = tree.gained("locale", config={"Env": ["LANG=C.UTF-8"]})
    assert {path for path in plain if not tree.is_directory(path)} == {
        "/usr/lib/locale/C.utf8/LC_CTYPE"
    }


def test_names_of_locales_are_compared_as_glibc_does() -> None:
    assert comparable("de_DE.UTF-8@euro") == comparable("de_DE.utf8@euro") == "de_DE.utf8@euro"
    assert comparable("C.UTF-8") == comparable("c.utf8") == "c.utf8"
    assert comparable("de_DE") == "de_DE"


@pytest.mark.parametrize(("call", "every"), [("g_convert", True), ("g_free", False)])
def test_a_program_of_the_author_converts_by_what_a_library_made_of_iconv(
    tree: ImageTree, call: str, every: bool
) -> None:
    folder = f"{LIBRARIES}/gconv"
    for name in ("gconv-modules", "UTF-16.so", "SJIS.so"):
        tree.add(f"{folder}/{name}")
    calls = f"void {call}(void); int main(void) {{ {call}(); return 0; }}"
    tree.compile("/app/desk", calls, shared=True)
    gained = tree.gained("character-sets", *seen("/app/desk"))
    assert (f"{folder}/SJIS.so" in gained) == every


def test_all_character_sets_are_kept_where_one_was_converted(tree: ImageTree) -> None:
    folder = f"{LIBRARIES}/gconv"
    for name in ("gconv-modules", "gconv-modules.d/extra.conf", "UTF-16.so", "SJIS.so"):
        tree.add(f"{folder}/{name}")
    tree.add(f"{folder}/gconv-modules.cache")
    opened = seen(f"{folder}/gconv-modules.cache")
    tables = {f"{folder}/gconv-modules", f"{folder}/gconv-modules.d/extra.conf"}
    assert tree.gained("character-sets", *opened) >= tables | {f"{folder}/UTF-16.so"}
    assert f"{folder}/SJIS.so" not in tree.decide(*opened).reasons
    assert f"{folder}/SJIS.so" not in tree.gained("character-sets", *opened)
    tree.add("/usr/lib/php/20220829/iconv.so")
    bound = seen("/usr/lib/php/20220829/iconv.so")
    assert f"{folder}/SJIS.so" in tree.gained("character-sets", *bound)
    tree.add(f"{folder}/ISO8859-7.so")
    converted = (*opened, *seen(f"{folder}/ISO8859-7.so"))
    assert f"{folder}/SJIS.so" in tree.gained("character-sets", *converted)


@pytest.mark.parametrize(
    ("path", "text", "is_kept"),
    [
        ("/app/server.R", 'iconv(x, "UTF-8", "Shift-JIS")', True),
        ("/etc/shop.conf", "dos charset = SJIS\n", True),
        ("/app/server.R", "x <- ORDER.SHIFT-JIS-2 # /srv/SJIS", False),
        ("/app/server.py", 'x.encode("shift_jis")', False),
        ("/app/server.R", "# Shift-JIS\nx <- 1", False),
        ("/etc/locale.gen", "ja_JP.SJIS SJIS\n", False),
        ("/app/README.md", "Shift-JIS", False),
    ],
)
def test_character_sets_that_a_text_of_the_author_names(
    tree: ImageTree, path: str, text: str, is_kept: bool
) -> None:
    folder = f"{LIBRARIES}/gconv"
    tree.add(f"{folder}/gconv-modules", "alias\tISO88591//\tISO-8859-1//\n")
    table = "alias\tSHIFT-JIS//\tSJIS//\nmodule\tSJIS//\t\tINTERNAL\tSJIS\t1\n"
    tree.add(f"{folder}/gconv-modules.d/extra.conf", table)
    for name in ("SJIS", "BIG5"):
        tree.add(f"{folder}/{name}.so")
    tree.package("libc6", *(f"{folder}/{name}.so" for name in ("SJIS", "BIG5")))
    tree.add(path, text)
    gained = tree.gained("character-sets", *seen(path))
    assert (f"{folder}/SJIS.so" in gained) == is_kept
    assert f"{folder}/BIG5.so" not in gained


def test_common_character_sets_stay_with_glibc(tree: ImageTree) -> None:
    for folder in (LIBRARIES, "/usr/lib32"):
        for name in ("gconv-modules", "ISO8859-15.so", "SJIS.so"):
            tree.add(f"{folder}/gconv/{name}")
    library = f"{LIBRARIES}/libc.so.6"
    tree.add(library)
    gained = tree.gained("character-sets", *seen(library))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{LIBRARIES}/gconv/gconv-modules",
        f"{LIBRARIES}/gconv/ISO8859-15.so",
    }
    old = LIBRARIES.removeprefix("/usr")
    tree.add(f"{old}/libc-2.31.so")
    gained = tree.gained("character-sets", *seen(f"{old}/libc-2.31.so"))
    assert f"{LIBRARIES}/gconv/ISO8859-15.so" in gained


def test_the_table_of_media_types_is_kept(tree: ImageTree) -> None:
    tree.add("/etc/mime.types")
    assert "/etc/mime.types" in tree.gained("media-types")


def test_common_terminals_are_kept_with_their_library(tree: ImageTree) -> None:
    tree.add(f"{LIBRARIES}/libtinfo.so.6.4")
    tree.add("/lib/terminfo/x/xterm")
    tree.add("/usr/share/terminfo/78/xterm-256color")
    tree.add("/lib/terminfo/s/screen-256color")
    tree.add("/lib/terminfo/w/wyse60")
    gained = tree.gained("terminals", *seen(f"{LIBRARIES}/libtinfo.so.6.4"))
    assert {"/lib/terminfo/x/xterm", "/usr/share/terminfo/78/xterm-256color"} <= gained
    assert "/lib/terminfo/s/screen-256color" in gained
    assert "/lib/terminfo/w" not in gained


def test_libraries_bring_the_tables_that_they_read(tree: ImageTree) -> None:
    tree.add(f"{LIBRARIES}/libmagic.so.1.0.0")
    tree.add("/usr/lib/file/magic.mgc")
    tree.link("/usr/share/misc/magic.mgc", "../../lib/file/magic.mgc")
    tree.add("/etc/fonts/conf.d/10.conf")
    gained = tree.gained("library-data", *seen(f"{LIBRARIES}/libmagic.so.1.0.0"))
    assert "/usr/lib/file/magic.mgc" in gained
    assert "/etc/fonts" not in gained


def test_fonts_beside_a_used_one_are_kept(tree: ImageTree) -> None:
    for name in ("truetype/dejavu/Sans.ttf", "truetype/dejavu/Sans-Bold.ttf", "type1/x.pfb"):
        tree.add(f"/usr/share/fonts/{name}")
    assert tree.gained("fonts", *seen("/usr/share/fonts/truetype/dejavu/Sans.ttf")) == {
        "/usr/share/fonts/truetype/dejavu/Sans-Bold.ttf"
    }


def test_where_no_text_was_drawn_fontconfig_has_fonts_to_choose_from(tree: ImageTree) -> None:
    sans = "/usr/share/fonts/truetype/dejavu/Sans.ttf"
    tree.add(sans)
    tree.add("/usr/share/fonts/truetype/dejavu/README")
    tree.add(f"{LIBRARIES}/libfontconfig.so.1.12.0")
    assert sans not in tree.decide(strategy=Strategy.BALANCED).reasons
    gained = tree.gained("fonts", *seen(f"{LIBRARIES}/libfontconfig.so.1.12.0"))
    assert {path for path in gained if not tree.is_directory(path)} == {sans}


def test_a_wheel_that_draws_finds_the_systems_fonts(tree: ImageTree) -> None:
    tree.add("/usr/share/fonts/truetype/dejavu/Sans.ttf")
    library = "/srv/venv/lib/python3.11/site-packages/pillow.libs/libfreetype-be14bf51.so.6.20.1"
    tree.add(library)
    assert "/usr/share/fonts/truetype/dejavu/Sans.ttf" in tree.gained("fonts", *seen(library))


def test_a_collection_of_fonts_is_left_out_with_a_note(tree: ImageTree) -> None:
    tree.add("/usr/share/fonts/noto/All.ttf", bytes(20_000_000))
    tree.add(f"{LIBRARIES}/libfontconfig.so.1")
    loaded = seen(f"{LIBRARIES}/libfontconfig.so.1")
    kept = tree.decide(*loaded, strategy=Strategy.BALANCED)
    assert "/usr/share/fonts/noto/All.ttf" not in kept.reasons
    assert [(each.what, each.size) for each in kept.heavy] == [("fonts", 20_000_000)]


def test_light_fonts_stay_beside_heavy_ones(tree: ImageTree) -> None:
    tree.add("/usr/share/fonts/noto/NotoSansCJK-Bold.ttc", bytes(20_000_000))
    tree.add("/usr/share/fonts/dejavu/DejaVuSans.ttf", bytes(1000))
    tree.add(f"{LIBRARIES}/libfontconfig.so.1")
    kept = tree.decide(*seen(f"{LIBRARIES}/libfontconfig.so.1"), strategy=Strategy.BALANCED)
    assert "/usr/share/fonts/dejavu/DejaVuSans.ttf" in kept.reasons
    assert [(each.what, each.size) for each in kept.heavy] == [("fonts", 20_000_000)]


@pytest.mark.parametrize("family", ["Noto Sans CJK JP", "NotoSansCJK-Regular"])
def test_heavy_fonts_stay_that_the_author_names(tree: ImageTree, family: str) -> None:
    folder, kinds = "/usr/share/fonts/noto", ("Sans", "Serif")
    for kind in kinds:
        tree.add(f"{folder}/Noto{kind}CJK-Bold.ttc", bytes(20_000_000))
    tree.add(f"{LIBRARIES}/libfontconfig.so.1")
    tree.package("fonts-noto-cjk", *(f"{folder}/Noto{kind}CJK-Bold.ttc" for kind in kinds))
    tree.add("/srv/app/print.css", f"body {{ font-family: '{family}', sans }}")
    loaded = seen(f"{LIBRARIES}/libfontconfig.so.1", "/srv/app/print.css")
    kept = tree.decide(*loaded, strategy=Strategy.BALANCED)
    assert f"{folder}/NotoSansCJK-Bold.ttc" in kept.reasons
    assert [(each.what, each.size) for each in kept.heavy] == [("fonts", 20_000_000)]


def test_directories_that_wait_for_a_first_write_are_kept(tree: ImageTree) -> None:
    empty = ("/var/lib/php/sessions", "/var/lib/shop", "/run/sshd", "/var/log/proxy")
    tree.directory(*empty, "/var/lib/apt/lists/partial", "/var/lib/full", "/opt/empty")
    tree.add("/var/lib/full/data")
    tree.link("/var/log/proxy.log", "/dev/stdout")
    tree.link("/var/log/other.log", "/srv/log")
    tree.add("/var/backups/dpkg.status.0")
    gained = tree.gained("state-directories")
    assert gained >= {*empty, "/var/log/proxy.log", "/var/backups", "/opt"}
    others = ("/var/lib/apt", "/var/lib/full", "/opt/empty", "/var/log/other.log")
    assert gained.isdisjoint({*others, "/var/backups/dpkg.status.0"})


def test_a_directory_of_a_user_is_kept_without_what_is_in_it(tree: ImageTree) -> None:
    tree.add("/var/lib/shop/orders.sqlite")
    os.chown(tree.root / "var/lib/shop", 1000, 1000)
    gained = tree.gained("state-directories")
    assert "/var/lib/shop" in gained
    assert "/var/lib/shop/orders.sqlite" not in gained


def test_locales_that_were_generated_for_the_image_are_kept(tree: ImageTree) -> None:
    locales = "/usr/lib/locale"
    generated = (f"{locales}/locale-archive", f"{locales}/de_DE.utf8/LC_TIME")
    for path in (*generated, f"{locales}/fr_FR.utf8/LC_TIME"):
        tree.add(path)
    tree.package("locales-all", f"{locales}/fr_FR.utf8/LC_TIME")
    gained = tree.gained("locale")
    assert {path for path in gained if not tree.is_directory(path)} == set(generated)


def test_what_locales_are_made_of_is_kept_with_localedef(tree: ImageTree) -> None:
    sources = {f"/usr/share/i18n/{name}" for name in ("locales/de_DE", "charmaps/UTF-8.gz")}
    for path in sources:
        tree.add(path)
    tree.package("locales", *sources)
    for name in ("localedef", "gzip", "shop"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    assert not sources & tree.gained("locale", *seen("/usr/bin/shop"))
    tree.add("/start", '#!/bin/sh\nlocaledef -i "${L%.*}" -f UTF-8 "$L"\nexec shop\n', mode=0o755)
    gained = tree.gained("locale", *seen("/start"), config={"Entrypoint": ["/start"]})
    assert gained >= {*sources, "/usr/bin/gzip"}

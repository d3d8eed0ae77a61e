"""The search for the fewest rights, on applications that are functions of them."""

from __future__ import annotations

import pytest

from slimmer.errors import HardeningError
from slimmer.harden import Candidate, groups_of_users
from slimmer.values import Hardening, WritablePlace
from tests.unit.harden.application import Trials, directory, entry, ground, needs


def names(found: Hardening) -> list[str]:
    return [each.name for each in found.capabilities]


def test_what_needs_nothing_gets_nothing_after_a_few_trials() -> None:
    trials = Trials(needs())
    found = trials.find()
    assert names(found) == []
    assert found.read_only
    assert found.no_new_privileges
    assert [place.path for place in found.places] == ["/tmp"]
    assert found.trials == len(trials.tried) <= 4
    assert found.notes == ()


def test_exactly_what_is_needed_stays_with_what_the_container_said() -> None:
    found = Trials(needs("CHOWN", "SETGID")).find()
    assert names(found) == ["CHOWN", "SETGID"]
    assert found.capabilities[0].reason == 'without it, it says "chown: Operation not permitted"'


@pytest.mark.parametrize("capability", ["NET_RAW", "SYS_CHROOT", "MKNOD"])
def test_a_capability_beyond_the_usual_ones_is_found_as_well(capability: str) -> None:
    trials = Trials(needs(capability, "CHOWN"))
    assert names(trials.find()) == sorted(["CHOWN", capability])
    assert len(trials.tried) < 25


def test_a_root_process_that_starts_others_may_still_signal_them() -> None:
    """No probe waits for that."""
    trials = Trials(needs("SETUID", "SETGID"), users=((0, 0), (33, 33), (34, 34)))
    assert names(trials.find()) == ["KILL", "SETGID", "SETUID"]
    alone = Trials(needs("SETUID", "SETGID"), users=((0, 0),))
    assert names(alone.find()) == ["KILL", "SETGID", "SETUID"]


def test_what_goes_on_as_root_where_it_cannot_become_another_user_has_not_passed() -> None:
    """Apache's workers say so, answer, and cannot write to what is www-data's."""

    def users(candidate: Candidate) -> tuple[tuple[int, int], ...]:
        if candidate.user:
            return ((33, 33),)
        can = candidate.capabilities >= {"SETGID", "SETUID"}
        return ((0, 0), (33, 33)) if can else ((0, 0),)

    def application(candidate: Candidate) -> str:
        return "make socket: Permission denied" if candidate.user else ""

    found = Trials(application, users).find()
    assert names(found) == ["KILL", "SETGID", "SETUID"]
    assert found.capabilities[1].reason == "without it, none of its processes becomes user 33"
    assert Trials(lambda candidate: "", users).find().user == "33:33"


def test_a_failure_that_nothing_explains_is_tried_once_more() -> None:
    """A machine that is busy with many containers at once fails some of them."""
    failed: set[Candidate] = set()

    def application(candidate: Candidate) -> str:
        if not candidate.no_new_privileges or candidate in failed:
            return needs("CHOWN")(candidate)
        failed.add(candidate)
        return "no answer within 10 s"

    found = Trials(application).find()
    assert names(found) == ["CHOWN"]
    assert found.read_only
    assert found.no_new_privileges
    assert found.notes == ()
    always = Trials(lambda candidate: "late" if candidate.read_only else "").find()
    assert not always.read_only


def test_capabilities_that_stand_in_for_each_other() -> None:
    """Neither is missed alone, and one of them has to stay."""

    def either(candidate: Candidate) -> str:
        found = candidate.capabilities & {"DAC_OVERRIDE", "FOWNER"}
        return "" if found else "open: Permission denied"

    assert names(Trials(either).find()) == ["DAC_OVERRIDE"]


def test_a_low_port_keeps_its_capability_whatever_this_engine_allows() -> None:
    found = Trials(needs()).find(low_ports=(80,))
    assert names(found) == ["NET_BIND_SERVICE"]
    assert "port 80" in found.capabilities[0].reason
    assert names(Trials(needs()).find(low_ports=(80,), user="65534")) == []


def test_only_what_was_granted_is_looked_at() -> None:
    assert names(Trials(needs()).find(granted=("SYS_TIME",))) == []
    assert names(Trials(needs("SYS_TIME")).find(granted=("SYS_TIME", "CHOWN"))) == ["SYS_TIME"]


class TestUser:
    USERS = ((0, 0), (101, 102))

    def test_who_leaves_root_anyway_starts_without_it(self) -> None:
        def application(candidate: Candidate) -> str:
            return "" if candidate.user else needs("SETUID", "SETGID")(candidate)

        image = ground(entry("/bin/app"), directory("/run"))
        found = Trials(application, self.USERS).find(image, {"/run/app.pid": "written"})
        assert found.user == "101:102"
        assert found.is_root is False
        assert names(found) == []
        options = {place.path: place.options for place in found.places}
        assert options["/run"] == "mode=755,uid=101,gid=102", "root's directory becomes its own"

    def test_with_the_group_of_its_account_it_is_named_alone(self) -> None:
        """With a group behind it, no engine gives it the other groups that it is in."""

        def application(candidate: Candidate) -> str:
            return "" if candidate.user else needs("SETUID", "SETGID")(candidate)

        passwd = b"root:x:0:0::/:\nwww:x:101:102:a:b\nagain:x:101:7::/:\n+\nno:x:y:z:\n"
        groups = groups_of_users(passwd)
        assert groups == {0: 0, 101: 102}
        assert Trials(application, self.USERS).find(groups=groups).user == "101"
        found = Trials(application, ((0, 0), (101, 7))).find(groups=groups)
        assert found.user == "101:7"

    def test_who_cannot_stays_root_and_says_why(self) -> None:
        def application(candidate: Candidate) -> str:
            if candidate.user:
                return "open /etc/key: Permission denied"
            return needs("SETUID")(candidate)

        found = Trials(application, self.USERS).find()
        assert found.user == ""
        assert found.is_root is True
        assert names(found) == ["KILL", "SETUID"]
        assert 'as user 101, it says "open /etc/key: Permission denied"' in found.notes[0]

    @pytest.mark.parametrize("users", [(), ((0, 0),), ((0, 0), (33, 33), (34, 34))])
    def test_nobody_to_become(self, users: tuple[tuple[int, int], ...]) -> None:
        trials = Trials(needs(), users)
        assert trials.find().user == ""
        assert not any(each.user for each in trials.tried)


class TestRoot:
    IMAGE = ground(entry("/app/app.py"), directory("/var/cache/app", uid=7))

    @staticmethod
    def writes(*paths: str) -> Trials:
        def application(candidate: Candidate) -> str:
            places = [place.path for place in candidate.places]
            for path in paths:
                if candidate.read_only and path not in places:
                    return f"cannot create {path}/x: Read-only file system"
            return ""

        return Trials(application)

    def test_places_of_the_trace(self) -> None:
        found = self.writes("/var/cache/app").find(self.IMAGE, {"/var/cache/app/x": "by app"})
        assert found.read_only
        assert [(place.path, place.kind) for place in found.places] == [
            ("/tmp", "tmpfs"),
            ("/var/cache/app", "tmpfs"),
        ]

    def test_a_volume_only_where_it_is_needed(self) -> None:
        """It makes code writable."""
        written = {"/app/data.db": "by app"}
        assert [each.path for each in self.writes().find(self.IMAGE, written).places] == ["/tmp"]
        needed = self.writes("/app").find(self.IMAGE, written).places
        assert [(each.path, each.kind) for each in needed] == [
            ("/app", "volume"),
            ("/tmp", "tmpfs"),
        ]

    def test_a_place_that_only_the_failing_container_names(self) -> None:
        found = self.writes("/var/cache/app").find(self.IMAGE)
        assert found.read_only
        assert "/var/cache/app" in [place.path for place in found.places]

    def test_what_an_engine_found_changed(self) -> None:
        trials = self.writes("/var/cache/app")
        trials._changed = ("/var/cache/app/x",)
        assert trials.find(self.IMAGE).read_only

    def test_a_root_that_has_to_be_writable_is_said(self) -> None:
        found = self.writes("/").find(self.IMAGE)
        assert not found.read_only
        assert found.places == ()
        assert found.no_new_privileges
        assert "its root is writable: read-only" in found.notes[0]

    def test_the_builds_own_tmpfs_is_part_of_what_is_written_down(self) -> None:
        given = WritablePlace(path="/cache", kind="tmpfs", options="size=1m", reason="a --tmpfs")
        assert given in self.writes().find(self.IMAGE, given=(given,)).places


def test_programs_with_privileges_of_their_own() -> None:
    def sudo(candidate: Candidate) -> str:
        return "sudo: not permitted" if candidate.no_new_privileges else ""

    found = Trials(sudo).find()
    assert not found.no_new_privileges
    assert found.read_only
    assert found.notes[0].startswith("no-new-privileges is not set")


def test_an_image_that_does_not_pass_again() -> None:
    with pytest.raises(HardeningError) as caught:
        Trials(lambda _: "cannot connect").find()
    assert "does not pass again: its command ended with status 1" in caught.value.message
    assert caught.value.details == "cannot connect"

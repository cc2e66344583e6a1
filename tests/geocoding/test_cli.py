"""`flask geocode` as it is typed."""

import json

from click.testing import CliRunner

from fieldcrm.geocoding.cli import geocode_command


def test_one_address_prints_one_object() -> None:
    result = CliRunner().invoke(geocode_command, ["東京都千代田区永田町1-7-1"])
    assert result.exit_code == 0
    answer = json.loads(result.output)
    assert list(answer) == ["lon", "lat", "level", "matched", "prefecture", "municipality"]
    assert (answer["level"], answer["prefecture"], answer["municipality"]) == ("town", "東京都", "千代田区")


def test_unknown_address_has_null_coordinates() -> None:
    answer = json.loads(CliRunner().invoke(geocode_command, ["どこでもない"]).output)
    assert (answer["lon"], answer["lat"], answer["level"]) == (None, None, "none")


def test_dash_reads_lines_and_answers_in_order() -> None:
    lines = "東京都千代田区永田町1-7-1\r\n\n北海道札幌市中央区北1条西2丁目\n"
    result = CliRunner().invoke(geocode_command, ["-"], input=lines)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [answer["prefecture"] for answer in answers] == ["東京都", None, "北海道"]


def test_bytes_that_are_not_utf8_cost_only_their_line() -> None:
    lines = "東京都港区".encode("cp932") + b"\n" + "東京都港区芝公園4-2-8\n".encode()
    result = CliRunner().invoke(geocode_command, ["-"], input=lines)
    assert result.exit_code == 0
    assert [json.loads(line)["level"] for line in result.output.splitlines()] == ["none", "town"]

"""Whole runs in other languages, against the reference reader behind a loopback server."""

from __future__ import annotations

import json

import pytest

from tests.support.command import SCENARIOS, harness, the_run
from tests.support.openai_server import OpenAIServer

CHINESE = """
schema: 1
name: wuye
language: zh
system: 你在帮一位住户处理物业的事情。没有说过的，就说没有说过。
facts:
  - id: menjin
    say: 物业说，地下车库的门禁密码是{value}。
    ask: 物业说的地下车库门禁密码是什么？只回答密码。
    values: {generate: code}
  - id: feiyong
    say: 今年电梯维修的分摊费用一共是{value}元。
    ask: 今年电梯维修的分摊费用一共是多少元？只回答数字。
    values: {generate: number}
    score: number
  - id: riqi
    say: 楼顶的水箱定在{value}清洗。
    ask: 楼顶的水箱定在哪天清洗？请回答年月日。
    values: {generate: date}
  - id: yanse
    say: 大堂的墙面要刷成{value}。
    ask: 大堂的墙面要刷成什么？
    values: [钴蓝, 赭石, 墨绿, 藕荷, 鹅黄, 绛紫, 月白, 黛青]
  - id: mao
    kind: abstain
    ask: 三楼邻居养的那只猫叫什么名字？
"""
KOREAN = """
schema: 1
name: gwansil
language: ko
system: 당신은 입주민을 돕습니다. 말한 적이 없는 것은 말한 적이 없다고 답하세요.
facts:
  - id: changgo
    say: "관리실에서 알려 준 지하 창고의 비밀번호는 {value}입니다."
    ask: "관리실에서 알려 준 지하 창고의 비밀번호는 무엇입니까? 번호만 답하세요."
    values: {generate: code}
  - id: gongsabi
    say: "승강기 공사의 분담 비용은 세대마다 {value}원입니다."
    ask: "승강기 공사의 분담 비용은 세대마다 얼마입니까? 숫자만 답하세요."
    values: {generate: number}
    score: number
  - id: cheongso
    say: "옥상 물탱크 청소 날짜는 {value}입니다."
    ask: "옥상 물탱크 청소 날짜는 언제입니까? 연월일로 답하세요."
    values: {generate: date}
  - id: byeok
    kind: update
    say: "현관 벽의 색상은 {value}으로 정했습니다."
    amend: "현관 벽의 색상은 이제 {value}입니다."
    ask: "현관 벽의 색상은 무엇입니까?"
    values: [코발트, 베이지, 청록, 자주, 연두, 상아, 겨자, 먹색, 남보라, 살구]
  - id: goyangi
    kind: abstain
    ask: "삼층 이웃이 키우는 고양이 품종은 무엇입니까?"
"""


@pytest.fixture
def server(httpserver):
    return OpenAIServer(httpserver)


def records(scenario, server, out):
    ran = harness(
        "run", scenario, "-m", "openai/served", "-w", "3k", "--seeds", 2, "--fills", "0.04,0.5,0.9",
        "-M", f"api_base={server.api_base}", "-M", "api_key=x", "--max-connections", 4,
        "--out", out, "-q",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in (the_run(out) / "records.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", ["german", "chinese", "korean"])
def test_a_reader_that_forgets_nothing_recalls_everything_in_its_language(server, tmp_path, name):
    scenario = SCENARIOS / "hausverwaltung.yaml"
    if name != "german":
        scenario = tmp_path / f"{name}.yaml"
        scenario.write_text({"chinese": CHINESE, "korean": KOREAN}[name], encoding="utf-8")
    found = records(scenario, server, tmp_path / "out")
    wrong = [(r["arm"], r["question"], r["expected"], r["reply"]) for r in found if r["score"] != 1]
    assert wrong == []
    assert {r["outcome"] for r in found} == {"recalled", "abstained"}
    assert len({r["probe_kind"] for r in found}) >= 2

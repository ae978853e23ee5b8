from __future__ import annotations

import os

import pytest

from harness.cli.env_file import load_env_file
from tests.support.command import harness

TAKEN = {
    "OPENAI_API_KEY": "sk-1",
    "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_ACCESS_KEY_ID": "a",
    "HF_TOKEN": "t",
    "HARNESS_MODEL": "ollama_chat/llama3:8b,reference/perfect?limit=4000",
    "HARNESS_WINDOW": "8k",
    "HARNESS_POLICY": "drop_oldest",
    "HARNESS_MEMORY": "facts?budget=400",
    "HARNESS_EXECUTOR": "local",
    "HARNESS_OUT": "runs/here",
    "HARNESS_CASSETTE": "answers.jsonl",
}
LEFT_OUT = {
    "OPENAI_BASE_URL": "http://evil.example/v1",
    "OPENAI_API_BASE": "http://evil.example/v1",
    "AZURE_API_BASE": "http://evil.example",
    "HTTPS_PROXY": "http://evil.example",
    "all_proxy": "socks5://evil.example",
    "OLLAMA_HOST": "evil.example",
    "HARNESS_EXECUTOR": "evil:Executor",
    "HARNESS_POLICY": "send_all,evil.module:Policy?a=1",
    "HARNESS_MEMORY": "evil:Memory",
    "HARNESS_FILLER": "evil:Filler",
    "HARNESS_MODEL": "reference/evil:Law",
    "HARNESS_OUT": "s3://evil/bucket",
    "HARNESS_CASSETTE": "/home/me/answers.jsonl",
    "HARNESS_SYSTEM_PROMPT": "../../.ssh/id_rsa",
    "HARNESS_CACHE": "planted",
    "HARNESS_RAY_ADDRESS": "ray://evil:10001",
    "HARNESS_TRUST_ENV": "1",
    "HARNESS_TRUST_CODE": "1",
}
SILENT = {
    "PYTHONPATH": "evil",
    "LD_PRELOAD": "evil.so",
    "LITELLM_MODE": "DEV",
    "SSL_CERT_FILE": "x",
}


@pytest.fixture
def env(tmp_path, monkeypatch, capsys):
    """What `.env` of so many settings sets, what is said of it, and the arguments left."""
    monkeypatch.chdir(tmp_path)

    def read(settings, *arguments):
        for name in settings:
            monkeypatch.setenv(name, "")  # so that it is taken back at the end
            monkeypatch.delenv(name)
        lines = "\n".join(f"{name}='{value}'" for name, value in settings.items())
        (tmp_path / ".env").write_text(lines)
        given = list(arguments)
        load_env_file(given)
        found = {name: os.environ[name] for name in settings if name in os.environ}
        return found, capsys.readouterr().err, given

    return read


@pytest.mark.parametrize("name", TAKEN)
def test_keys_and_plain_settings_are_taken_and_named_without_their_values(env, name):
    found, told, _ = env({name: TAKEN[name]})
    assert found == {name: TAKEN[name]}
    assert told == f".env: took {name}\n"


@pytest.mark.parametrize("name", LEFT_OUT)
def test_whatever_leads_elsewhere_is_left_out_and_named(env, name):
    found, told, _ = env({name: LEFT_OUT[name]})
    assert found == {}
    assert told == f".env: left out {name} (--trust-env takes all of it)\n"


@pytest.mark.parametrize("name", SILENT)
def test_settings_of_other_programs_are_left_alone(env, name):
    assert env({name: SILENT[name]})[:2] == ({}, "")


def test_trust_env_takes_all_of_it_wherever_it_stands(env):
    found, told, given = env(LEFT_OUT, "run", "--trust-env", "x", "--", "--trust-env")
    assert found == LEFT_OUT
    assert told.startswith(".env: took AZURE_API_BASE, ")
    assert "and 10 more" in told
    assert given == ["run", "x", "--", "--trust-env"]


def test_a_key_of_the_shell_is_not_written_into_another_setting(env, monkeypatch):
    monkeypatch.setenv("MY_SECRET", "hunter22-canary")
    found, _, _ = env({"HARNESS_WINDOW": "${MY_SECRET}"})
    assert found == {"HARNESS_WINDOW": "${MY_SECRET}"}


def test_what_is_set_already_wins_and_is_not_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_WINDOW", "4k")
    (tmp_path / ".env").write_text("HARNESS_WINDOW=8k\n")
    load_env_file([])
    assert os.environ["HARNESS_WINDOW"] == "4k"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"HARNESS_WINDOW=\xff\xfe", "harness: .env: not UTF-8 text: invalid start byte\n"),
        (b"A=" + b"a" * 1_000_001, "harness: .env: larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_settings_is_said_to_be_none(tmp_path, content, message):
    (tmp_path / ".env").write_bytes(content)
    done = harness("ls", cwd=tmp_path)
    assert done.code == 4
    assert message in done.err


@pytest.mark.parametrize("content", ["", "=", "A\nB=\n=x\n\0=\n", "export\n'", "A=${A}\n" * 50])
def test_odd_files_of_settings_set_nothing(tmp_path, content):
    (tmp_path / ".env").write_text(content)
    assert harness("ls", cwd=tmp_path).code in {0, 5}


def test_a_folder_of_that_name_is_no_file(tmp_path):
    (tmp_path / ".env").mkdir()
    assert harness("ls", cwd=tmp_path).code in {0, 5}

"""The main job in a terminal, over real servers and a real worker."""

import json
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from learnx.domain.personas import Interests, Persona, PersonaVersion
from learnx.entrypoints.data_folder import who_runs
from learnx.entrypoints.personalize import changed_persona

LEARNX = shutil.which("learnx", path=str(Path(sys.executable).parent)) or "learnx"
SAMPLE = Path(__file__).parents[2] / "examples" / "how-vaccines-train-the-immune-system.pdf"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("personalize") / "data"


def personalize(folder: Path, document: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    command = [LEARNX, "personalize", str(document), *arguments, "--data-dir", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, timeout=150, input=stdin)


def command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_document_becomes_a_lesson_whose_facts_name_their_pages(folder: Path) -> None:
    done = personalize(folder, SAMPLE, "--interest", "basketball", "--density", "concise")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("## ")
    cited = {int(page) for page in re.findall(r"\[p\. (\d+)\]", done.stdout)}
    assert cited
    assert cited <= {1, 2, 3, 4}
    assert "(printed: 4" in done.stdout.split("## Sources")[1]
    assert "extract" in done.stderr or "completed" in done.stderr
    assert who_runs(folder) is None
    assert stat.S_IMODE((folder / "blobs").stat().st_mode) == 0o700
    assert not [process for process in psutil.process_iter() if str(folder) in " ".join(command_of(process))]


def test_the_same_bytes_are_processed_once_and_the_same_lesson_is_replayed(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "another name.pdf"
    copy.write_bytes(SAMPLE.read_bytes())
    first, again = (personalize(folder, path, "--interest", "chess", "--json") for path in (SAMPLE, copy))

    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert json.loads(first.stdout)["id"] == json.loads(again.stdout)["id"]
    assert again.stderr == ""


def test_a_document_that_can_not_be_read_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    refused = personalize(folder, tmp_path / "broken.pdf")

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.splitlines()[-1].startswith("learnx: ")


def test_a_password_opens_an_encrypted_document_and_is_told_nobody(folder: Path, tmp_path: Path) -> None:
    document = tmp_path / "protected.pdf"
    pages = Canvas(str(document), encrypt=StandardEncryption("open-sesame", strength=128))
    text = pages.beginText(60, 780)
    text.textLines(["Cells divide in two.", "Each new cell holds a whole copy of the plan of the body."])
    pages.drawText(text)
    pages.save()

    refused = personalize(folder, document)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "password" in refused.stderr.splitlines()[-1]
    wrong = personalize(folder, document, "--password", "open-barley")
    assert wrong.returncode == 1
    done = personalize(folder, document, "--password", "-", stdin="open-sesame\n")
    assert done.returncode == 0, done.stderr
    assert "a whole copy of the plan of the body. [p. 1]" in done.stdout
    assert "open-" not in refused.stderr + wrong.stderr + done.stderr
    assert "open-" not in (folder / "logs" / "worker.log").read_text()


def test_options_change_what_they_name_and_leave_the_rest_of_the_persona() -> None:
    known = Persona(interests=Interests(primary=("chess",)))
    version = PersonaVersion(version=3, updated_at=datetime(2026, 1, 1, tzinfo=UTC), persona=known)

    changed = changed_persona(version, {"professional": {"technicalLevel": "expert"}})
    assert changed.professional.technical_level == "expert"
    assert changed.interests.primary == ("chess",)
    assert changed_persona(version, {}) == known


def test_a_first_persona_needs_no_option() -> None:
    assert changed_persona(None, {}).interests.primary == ("everyday life",)

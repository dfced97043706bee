"""Where the state of a run lies."""

from mspe.common.resume import resume_folder


def test_a_runs_state_is_named_by_settings_data_and_code(tmp_path: object) -> None:
    file = tmp_path / "code.py"  # type: ignore[operator]
    file.write_text("1")
    folder = resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder == resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]
    assert folder != resume_folder({"lr": 2}, [tmp_path])  # type: ignore[list-item]
    file.write_text("2")
    assert folder != resume_folder({"lr": 1}, [tmp_path])  # type: ignore[list-item]

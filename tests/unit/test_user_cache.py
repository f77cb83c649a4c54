from rag_service.bootstrap import adapters
from rag_service.settings import Settings


def test_a_user_without_a_home_has_no_cache_and_no_failure(monkeypatch, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(adapters.Path, "home", homeless)
    place = adapters._cache(Settings())
    assert not place.exists() and place.parent.is_char_device()
    own = Settings.model_validate({"embedding": {"cache_dir": tmp_path}})
    assert adapters._cache(own) == tmp_path

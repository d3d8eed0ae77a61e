import pytest
@pytest.mark.django_db
def test_health(client):
    assert client.get("/health/").status_code == 200

"""The compose files: what their services start, ask and mount, in Kubernetes as well where it is the same."""

from __future__ import annotations

import inspect
import re
from typing import Any
from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from prefect.settings import get_current_settings

from commands.local_prefect.guard import CLIENT_SECRET, SERVER_NAMES, SERVER_SECRET, server_settings
from tests.deploy.helpers import (
    API,
    CPUS,
    DATABASE,
    DEPLOY,
    GUARD,
    LAKE,
    ROOT,
    SERVED,
    SHOWN,
    UI,
    compose,
    container_environment,
    defaults,
    pod,
    worker_command,
)


def test_the_compose_services_say_what_they_should() -> None:
    services = compose()["services"]
    assert services.keys() == {"database", "server", "deploy", "worker"}
    password = {"PREFECT_SERVER_DATABASE_PASSWORD": services["database"]["environment"]["POSTGRES_PASSWORD"]}
    names = {"POSTGRES_DB": "prefect", "POSTGRES_USER": "prefect", "POSTGRES_PASSWORD": "given"}
    assert services["database"]["environment"] == names
    assert compose()["name"] == "imr"
    assert services["server"]["command"] == SERVED
    asks = {SERVER_SECRET: "imr:given"}
    assert services["server"]["environment"] == DATABASE | SHOWN | GUARD | asks | password
    assert services["server"]["ports"] == ["127.0.0.1:4200:4200"]
    assert services["worker"]["command"] == worker_command("process", "compose")
    client = {"PREFECT_API_URL": API, CLIENT_SECRET: "imr:given"}
    assert services["worker"]["environment"] == {**client, "PYTHON_CPU_COUNT": str(CPUS)}
    assert services["deploy"]["environment"] == client
    assert services["deploy"]["restart"] == "no"
    assert {name: service.get("depends_on") for name, service in services.items()} == {
        "database": None,
        "server": {"database": {"condition": "service_healthy"}},
        "deploy": {"server": {"condition": "service_healthy"}},
        "worker": {"deploy": {"condition": "service_completed_successfully"}},
    }
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql/data"]
    for service in services.values():
        if "build" in service:
            assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
            assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_what_is_asked_whether_a_service_is_well_is_served() -> None:
    services = compose()["services"]
    port = get_current_settings().worker.webserver.port
    assert asked(services["server"]) == "http://127.0.0.1:4200/api/ready"
    assert asked(services["worker"]) == f"http://127.0.0.1:{port}/health"
    ready = ["pg_isready", "--host=127.0.0.1", "--username=prefect", "--dbname=prefect"]
    assert services["database"]["healthcheck"]["test"] == ["CMD", *ready]
    (database,), (server,), (work,) = (pod(name)["containers"] for name in ("database", "server", "worker"))
    assert database["readinessProbe"]["exec"] == database["livenessProbe"]["exec"] == {"command": ready}
    assert database["ports"] == [{"name": "postgres", "containerPort": 5432}]
    assert server["ports"] == [{"name": "api", "containerPort": 4200}]
    assert work["ports"] == [{"name": "health", "containerPort": port}]
    assert server["startupProbe"]["httpGet"] == server["livenessProbe"]["httpGet"] == got("/api/health", "api")
    assert server["readinessProbe"]["httpGet"] == got("/api/ready", "api")
    assert work["startupProbe"]["httpGet"] == work["livenessProbe"]["httpGet"] == got("/health", "health")


def asked(service: dict[str, Any]) -> str:
    command = service["healthcheck"]["test"]
    assert command[:3] == ["CMD", "python", "-c"]
    compile(command[3], "healthcheck", "exec")
    (address,) = re.findall(r"^__import__\('urllib\.request'\)\.request\.urlopen\('(\S+)',timeout=5\)$", command[3])
    return str(address)


def got(path: str, port: str) -> dict[str, Any]:
    """What a probe asks for; the server under one of the names that it answers to, which a pod's address is not."""
    named = {"httpHeaders": [{"name": "Host", "value": "127.0.0.1"}]} if port == "api" else {}
    return {"path": path, "port": port, **named}


def test_a_server_answers_to_all_who_are_to_ask_it_and_keeps_others_out() -> None:
    """In compose and Kubernetes alike: the names and origins by which programs, probes and browsers reach it."""
    given = {name: value for name, value in container_environment(pod("server")).items() if name in GUARD}
    assert given.items() <= compose()["services"]["server"]["environment"].items()
    names = given[SERVER_NAMES].split(",")
    asked_at = [API, UI, asked(compose()["services"]["server"])]
    assert {urlsplit(address).hostname for address in asked_at} | {"localhost"} == set(names)
    assert set(given["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"].split(",")) == {
        f"http://{name}:{urlsplit(UI).port}" for name in ("127.0.0.1", "localhost")
    }
    own = server_settings("127.0.0.1", 4200, "")
    assert own.keys() == {*GUARD, SERVER_SECRET}  # nothing that `imr up` gives its server is left out here


def test_prefects_server_has_the_health_paths() -> None:
    from prefect.server.api.root import router
    from prefect.server.api.server import create_api_app

    assert "/ready" in {route.path for route in router.routes if isinstance(route, APIRoute)}
    assert inspect.signature(create_api_app).parameters["health_check_path"].default == "/health"


def test_the_docker_pool_goes_with_compose() -> None:
    base, extra = compose(), compose("compose.docker-pool.yaml")["services"]
    assert extra.keys() <= base["services"].keys()
    assert extra["worker"]["command"] == worker_command("docker", "compose")
    assert extra["worker"]["volumes"] == ["/var/run/docker.sock:/var/run/docker.sock"]
    assert extra["worker"]["group_add"] == ["999"]
    assert defaults("docker")["networks"] == [base["networks"]["default"]["name"]] == ["imr"]
    assert defaults("docker")["volumes"] == [f"{base['volumes']['lake']['name']}:{LAKE}"]
    assert base["volumes"].keys() == {"database", "lake"}
    assert base["volumes"]["database"] == {"name": "imr-database"}
    assert base["services"]["worker"]["volumes"] == [f"lake:{LAKE}"]
    assert defaults("docker")["image_pull_policy"] == "IfNotPresent"
    # With it the worker may miss how a container ended, and a run that died would not be seen as crashed.
    assert defaults("docker")["auto_remove"] is False

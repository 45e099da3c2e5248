"""The manifests: disks, selectors, rights and names meet each other and the pool's template."""

from __future__ import annotations

import re

import yaml

from tests.deploy.helpers import (
    API,
    AUTH,
    DATABASE,
    GUARD,
    KUBERNETES,
    LAKE,
    SECRET,
    SERVED,
    SHOWN,
    compose,
    container_environment,
    defaults,
    instruction,
    manifest,
    manifests,
    pod,
    pods,
    template,
    worker_command,
)

JOBS_SECRET = "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET"
"""Where the worker's Jobs find what the server asks for."""


def test_the_pods_say_what_they_should() -> None:
    (server,), (work,) = (pod(name)["containers"] for name in ("server", "worker"))
    assert server["args"] == SERVED
    secrets = {"PREFECT_SERVER_DATABASE_PASSWORD": SECRET, "PREFECT_SERVER_API_AUTH_STRING": AUTH}
    environment = DATABASE | SHOWN | GUARD | secrets
    assert container_environment(pod("server")) == environment
    assert work["args"] == worker_command("kubernetes", "kubernetes", "--no-create-pool-if-not-found")
    assert container_environment(pod("worker")) == {
        "PREFECT_API_URL": API,
        "PREFECT_API_AUTH_STRING": AUTH,
        f"{JOBS_SECRET}_NAME": AUTH["secretKeyRef"]["name"],
        f"{JOBS_SECRET}_KEY": AUTH["secretKeyRef"]["key"],
        "PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES": "imr",
    }
    assert container_environment(pod("database")) == {
        "POSTGRES_DB": "prefect",
        "POSTGRES_USER": "prefect",
        "POSTGRES_PASSWORD": SECRET,
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    }
    assert pod("database")["containers"][0]["image"] == compose()["services"]["database"]["image"] == "postgres:17"
    assert pod("lake-shell")["containers"][0]["args"] == ["sleep", "infinity"]


def test_a_dask_worker_has_what_letters_need() -> None:
    assert container_environment(pod("dask-worker")) == {
        "DASK_DISTRIBUTED__WORKER__DAEMON": "false",
        "PREFECT_API_URL": API,
        "PREFECT_API_AUTH_STRING": AUTH,
    }
    (worker,), (scheduler,) = (pod(f"dask-{name}")["containers"] for name in ("worker", "scheduler"))
    (offered,) = manifest("Service", "dask-scheduler")["spec"]["ports"]
    assert offered == {"name": "dask", "port": 8786, "targetPort": "dask"}
    assert scheduler["args"][2:4] == ["--port", str(scheduler["ports"][0]["containerPort"])] == ["--port", "8786"]
    assert worker["args"][2:5] == ["tcp://dask-scheduler:8786", "--nthreads", worker["resources"]["limits"]["cpu"]]
    assert any(".[dask," in command for command in instruction("RUN"))
    # The run reaches the store as its workers do.
    run = template("kubernetes")["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]["containers"][0]
    assert [f["secretRef"]["name"] for f in (*worker["envFrom"], *run["envFrom"])] == ["store", "store"]
    # Its links would be variables that begin with DASK_.
    assert not any(spec["enableServiceLinks"] for name, spec, _ in pods() if name != "database")


def test_dask_is_reached_by_its_own_and_by_runs_alone() -> None:
    assert policy("dask-scheduler", "dask") == {"dask-worker", "flow-run"}
    assert policy("dask-worker") == {"dask-scheduler", "dask-worker"}


def test_there_is_one_of_each() -> None:
    """A second server would schedule every run twice, and a second database would be another."""
    assert manifest("StatefulSet", "database")["spec"]["replicas"] == 1
    for name in ("server", "worker"):
        spec = manifest("Deployment", name)["spec"]
        assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_a_disk_that_is_mounted_is_there() -> None:
    claims = {m["metadata"]["name"] for m in manifests() if m["kind"] == "PersistentVolumeClaim"}
    claimed = {c["metadata"]["name"] for c in manifest("StatefulSet", "database")["spec"]["volumeClaimTemplates"]}
    paths = {"tmp": "/tmp", "lake": LAKE, "data": "/var/lib/postgresql/data", "sockets": "/var/run/postgresql"}
    for name, spec, _ in pods():
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        mounted = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
        assert mounted.keys() == volumes.keys() | (claimed if name == "database" else set()), name
        assert mounted.items() <= paths.items()
        assert {v["persistentVolumeClaim"]["claimName"] for v in volumes.values() if "emptyDir" not in v} <= claims
    assert {name for name, spec, _ in pods() if "lake" in {v["name"] for v in spec["volumes"]}} == {
        "lake-shell",
        "flow-run",
    }
    assert manifest("PersistentVolumeClaim", "lake")["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_services_selectors_and_policies_meet_pods() -> None:
    components = {labels["app.kubernetes.io/component"]: spec for _, spec, labels in pods()}
    dask = {"dask-scheduler", "dask-worker"}
    assert components.keys() == {"database", "server", "worker", "flow-run", "lake-shell"} | dask
    for m in manifests():
        if m["kind"] in {"Service", "StatefulSet", "Deployment"}:
            chosen = m["spec"]["selector"].get("matchLabels", m["spec"]["selector"])
            assert chosen == {"app.kubernetes.io/component": m["metadata"]["name"]}
    for name, port in (("server", "api"), ("database", "postgres")):
        (spoken,) = components[name]["containers"][0]["ports"]
        (offered,) = manifest("Service", name)["spec"]["ports"]
        assert offered == {"name": port, "port": spoken["containerPort"], "targetPort": spoken["name"]}
    assert manifest("StatefulSet", "database")["spec"]["serviceName"] == "database"
    assert policy("server", "api") == {"worker", "flow-run", "dask-worker"}
    assert policy("database", "postgres") == {"server"}
    closed = {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert manifest("NetworkPolicy", "nobody-unless-told")["spec"] == closed


def policy(name: str, port: str | None = None) -> set[str]:
    """The components that a policy lets in, and at which port: None for all."""
    spec = manifest("NetworkPolicy", name)["spec"]
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/component": name}}
    (rule,) = spec["ingress"]
    assert rule.get("ports") == (None if port is None else [{"port": port}])
    (peer,) = rule["from"]
    selector = peer["podSelector"]
    if "matchLabels" in selector:
        return set(selector["matchLabels"].values())
    (expression,) = selector["matchExpressions"]
    assert expression["key"] == "app.kubernetes.io/component"
    assert expression["operator"] == "In"
    return set(expression["values"])


def test_the_worker_may_make_jobs_and_no_more() -> None:
    accounts = {m["metadata"]["name"] for m in manifests() if m["kind"] == "ServiceAccount"}
    assert accounts == {"worker", "flow-run"}
    assert manifest("ServiceAccount", "flow-run")["automountServiceAccountToken"] is False
    assert pod("worker")["serviceAccountName"] == "worker"
    assert defaults("kubernetes")["service_account_name"] == pod("lake-shell")["serviceAccountName"] == "flow-run"
    rules = {(*r["apiGroups"], *r["resources"]): set(r["verbs"]) for r in manifest("Role", "worker")["rules"]}
    assert rules == {
        ("batch", "jobs"): {"get", "list", "watch", "create", "delete"},
        ("", "pods"): {"get", "list", "watch"},
        ("", "pods/log"): {"get"},
    }
    binding = manifest("RoleBinding", "worker")
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "worker"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "worker"}]


def test_everything_is_in_one_namespace() -> None:
    kustomization = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))
    shell = manifest("Pod", "lake-shell")["metadata"]
    by_hand = {m["metadata"]["namespace"] for m in manifests() if "namespace" in m["metadata"]}
    names = {kustomization["namespace"], defaults("kubernetes")["namespace"], *by_hand}
    assert names == {manifest("Namespace", "imr")["metadata"]["name"]}
    labels = {**kustomization["labels"][0]["pairs"]}
    assert kustomization["labels"] == [{"pairs": labels, "includeTemplates": True}]
    assert shell["labels"] == labels | {"app.kubernetes.io/component": "lake-shell"}
    assert defaults("kubernetes")["labels"] == labels | {"app.kubernetes.io/component": "flow-run"}


def test_the_kubernetes_template_adds_to_prefects_what_a_letter_run_needs() -> None:
    job = template("kubernetes")["job_configuration"]["job_manifest"]["spec"]
    assert job["backoffLimit"] == "{{ backoff_limit }}"
    assert job["ttlSecondsAfterFinished"] == "{{ finished_job_ttl }}"
    chosen = {name: defaults("kubernetes")[name] for name in ("backoff_limit", "finished_job_ttl", "image_pull_policy")}
    assert chosen == {"backoff_limit": 0, "finished_job_ttl": 86400, "image_pull_policy": "IfNotPresent"}
    assert defaults("kubernetes")["pod_watch_timeout_seconds"] == 600


def test_every_quantity_is_one() -> None:
    """The schemas take any text for a quantity; Kubernetes itself would refuse the manifest."""
    claims = [
        *manifest("StatefulSet", "database")["spec"]["volumeClaimTemplates"],
        manifest("PersistentVolumeClaim", "lake"),
    ]
    resources = [spec["containers"][0]["resources"] for _, spec, _ in pods()] + [c["spec"]["resources"] for c in claims]
    quantities = [q for each in resources for amounts in each.values() for q in amounts.values()]
    assert len(quantities) > 15
    for quantity in quantities:
        assert re.fullmatch(r"\d+m?|\d+[MG]i|\{\{ \w+ \}\}", quantity), quantity

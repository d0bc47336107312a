"""The template's stack in ministack: what `sam build` and `sam deploy` do, with the binaries that are there already.

The template itself is never changed for ministack: what it cannot create is left out of a copy, with the reason here.
"""

import json
import platform
import re
import zipfile

from samtranslator.yaml_helper import yaml_parse

from local_aws import REGION, until
from report import Differs, note

STACK = "wasurena"
BUCKET = "wasurena-second-opinion"
DEPLOYED_WITHIN_S = 120
ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}

# Types that ministack cannot create, and why that is no loss here.
LEFT_OUT = {
    "AWS::Budgets::Budget": "ministack's CloudFormation does not know budgets; nothing of ours speaks to one",
}

# Attributes that ministack's resources do not have; the outputs that show them are left out.
UNKNOWN_ATTRIBUTES = {
    "DkimDNSToken": "ministack's SES identities have no DNS records",
}


def left_out(resource):
    """Why a resource is left out of the copy; nothing where it stays."""
    if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource.get("Properties", {}):
        return "ministack's CloudFormation refuses alarms on metric math; cfn-lint and the contract test read them"
    return LEFT_OUT.get(resource["Type"])


def logical_ids_in(value):
    """All logical ids that a piece of a template refers to."""
    if isinstance(value, list):
        return {found for inner in value for found in logical_ids_in(inner)}
    if not isinstance(value, dict):
        return set()
    found = {found for inner in value.values() for found in logical_ids_in(inner)}
    match value:
        case {"Ref": str(name)}:
            found.add(name)
        case {"Fn::GetAtt": [str(name), *_]}:
            found.add(name)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            found.update(re.findall(r"\$\{(\w+)", text))
    return found


class Deployment:
    """The stack, and the names of what it made."""

    def __init__(self, aws, programs, folder):
        self._aws = aws
        self._programs = programs
        self._folder = folder

    def create(self, path, parameters):
        """Creates the stack of this template."""
        template = yaml_parse(path.read_text(encoding="utf-8"))
        s3 = self._aws.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self._without_unsupported(template)
        self._with_code(template, s3)
        body = self._folder / "packaged.json"
        body.write_text(json.dumps(template), encoding="utf-8")
        s3.upload_file(str(body), BUCKET, "packaged.json")
        known = {**parameters, "Architecture": ARCHITECTURES[platform.machine()]}
        cloudformation = self._aws.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK,
            TemplateURL=f"{self._aws.url}/{BUCKET}/packaged.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in known.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        until(lambda: self._is_created(cloudformation), DEPLOYED_WITHIN_S, "the creation of the stack")
        rows = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        self.resources = [row for page in rows for row in page["StackResourceSummaries"]]

    def names(self, kind):
        """The physical names of all resources of a type."""
        return [row["PhysicalResourceId"] for row in self.resources if row["ResourceType"] == kind]

    def the(self, kind):
        """The physical name of the only resource of a type."""
        names = self.names(kind)
        if len(names) != 1:
            raise Differs(f"the stack has {len(names)} resources of the type {kind}; this script expects one")
        return names[0]

    def function(self, name):
        """The physical name of a function, by its folder's name."""
        found = [physical for physical in self.names("AWS::Lambda::Function") if physical.endswith(name)]
        if len(found) != 1:
            raise Differs(f"the stack has no function whose name ends in {name}: {self.names('AWS::Lambda::Function')}")
        return found[0]

    def environment(self, name):
        """The environment variables of a function."""
        configuration = self._aws.client("lambda").get_function_configuration(FunctionName=self.function(name))
        return configuration["Environment"]["Variables"]

    def _is_created(self, cloudformation):
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        status = stack["StackStatus"]
        if status.endswith("_IN_PROGRESS"):
            return False
        if status != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            failed = [
                f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason')}"
                for event in events
                if event["ResourceStatus"].endswith("FAILED")
            ]
            reasons = failed or [stack.get("StackStatusReason", status)]
            raise Differs("\n  ".join(["ministack cannot create the stack:", *reasons]))
        return True

    def _without_unsupported(self, template):
        """Takes out what ministack cannot create, with the outputs that speak of it."""
        reasons = {name: left_out(resource) for name, resource in template["Resources"].items()}
        gone = {name for name, reason in reasons.items() if reason}
        for name in gone:
            del template["Resources"][name]
        for name, value in list(template["Outputs"].items()):
            unknown = next((why for part, why in UNKNOWN_ATTRIBUTES.items() if part in json.dumps(value)), None)
            reasons[name] = unknown or ("it shows what is left out" if logical_ids_in(value) & gone else None)
            if reasons[name]:
                del template["Outputs"][name]
        for reason in sorted({reason for reason in reasons.values() if reason}):
            note(f"{', '.join(name for name in reasons if reasons[name] == reason)}: {reason}")
        orphans = [name for name, value in template["Resources"].items() if logical_ids_in(value) & gone]
        if orphans:
            raise Differs(f"{orphans} refer to what ministack cannot create ({sorted(gone)}): leave them out as well")

    def _with_code(self, template, s3):
        """Names the uploaded binaries where the template names what to build."""
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::Serverless::Function":
                continue
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            archive = self._folder / f"{binary}.zip"
            self._zip(self._programs.function(binary), archive)
            s3.upload_file(str(archive), BUCKET, archive.name)
            resource["Properties"]["CodeUri"] = {"Bucket": BUCKET, "Key": archive.name}

    @staticmethod
    def _zip(binary, archive):
        """As Lambda wants it: one executable file named `bootstrap`."""
        entry = zipfile.ZipInfo("bootstrap", date_time=(2026, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
            zipped.writestr(entry, binary.read_bytes())

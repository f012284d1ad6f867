# The role of hosts that read the directory, and the instance profile for it.
# Use it with the provider of the account in which the hosts run.

variable "name" {
  type    = string
  default = "awssso-host"
}

variable "management_account_id" {
  description = "The account that owns the Identity Center instance."
  type        = string
}

variable "identity_store_id" {
  description = "d- and ten hex digits."
  type        = string
}

variable "read_assignments" {
  description = "Also read who holds which permission set: only where SSO admin may be asked, in the management or a delegated administrator account."
  type        = bool
  default     = false
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.${data.aws_partition.current.dns_suffix}"]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid = "ReadPeopleAndGroups"
    actions = [
      "identitystore:DescribeGroup",
      "identitystore:DescribeUser",
      "identitystore:GetGroupId",
      "identitystore:GetUserId",
      "identitystore:ListGroupMemberships",
      "identitystore:ListGroupMembershipsForMember",
      "identitystore:ListGroups",
      "identitystore:ListUsers",
    ]
    resources = [
      "arn:${data.aws_partition.current.partition}:identitystore::${var.management_account_id}:identitystore/${var.identity_store_id}",
      "arn:${data.aws_partition.current.partition}:identitystore:::user/*",
      "arn:${data.aws_partition.current.partition}:identitystore:::group/*",
      "arn:${data.aws_partition.current.partition}:identitystore:::membership/*",
    ]
  }

  dynamic "statement" {
    for_each = var.read_assignments ? [1] : []
    content {
      sid = "ReadWhoHoldsWhichPermissionSet"
      actions = [
        "sso:DescribePermissionSet",
        "sso:ListAccountAssignments",
        "sso:ListAccountAssignmentsForPrincipal",
        "sso:ListInstances",
        "sso:ListPermissionSetsProvisionedToAccount",
      ]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "host" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "read" {
  name   = "read-directory"
  role   = aws_iam_role.host.id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_instance_profile" "host" {
  name = var.name
  role = aws_iam_role.host.name
}

output "instance_profile" {
  value = aws_iam_instance_profile.host.name
}

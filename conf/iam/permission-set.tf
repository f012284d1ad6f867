# The permission set that says who somebody is and allows nothing, given to
# one group in one account.  Use it with the provider of the management or a
# delegated administrator account, in the region of Identity Center.

variable "login_account_id" {
  description = "The account in which people hold the permission set."
  type        = string
}

variable "login_group" {
  description = "The DisplayName of the group of people who may sign in."
  type        = string
}

data "aws_ssoadmin_instances" "this" {}

data "aws_identitystore_group" "login" {
  identity_store_id = data.aws_ssoadmin_instances.this.identity_store_ids[0]
  alternate_identifier {
    unique_attribute {
      attribute_path  = "DisplayName"
      attribute_value = var.login_group
    }
  }
}

resource "aws_ssoadmin_permission_set" "login" {
  name             = "Login"
  description      = "Shows who signs in to a host; allows nothing."
  instance_arn     = data.aws_ssoadmin_instances.this.arns[0]
  session_duration = "PT1H"
}

resource "aws_ssoadmin_account_assignment" "login" {
  instance_arn       = aws_ssoadmin_permission_set.login.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.login.arn
  principal_id       = data.aws_identitystore_group.login.group_id
  principal_type     = "GROUP"
  target_id          = var.login_account_id
  target_type        = "AWS_ACCOUNT"
}

output "identity_role" {
  value = "${var.login_account_id}/${aws_ssoadmin_permission_set.login.name}"
}

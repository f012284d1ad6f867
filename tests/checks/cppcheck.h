/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cppcheck would have to know of system headers, which it does not read.
 */
#define NSS_DECLARE_MODULE_FUNCTIONS(module)
#define json_object_object_foreachC(object, iter) for (;;)

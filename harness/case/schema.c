#include "case/schema.h"

json_t *schema_json(void)
{
    return json_object();
}

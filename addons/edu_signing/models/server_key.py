import os
import stat

from odoo.exceptions import UserError
from odoo.tools import config

OPTION = "edu_key_file"


def server_key(env):
    """The key under which signing keys are sealed: a file of at least 32 random bytes.

    The option ``edu_key_file`` of odoo.conf names it, so that neither a dump of the database nor
    a copy of the file store opens a key.

    :raises UserError: when it is not configured, not readable, too short or open to everybody
    """
    path = config.get(OPTION)
    if not path:
        raise UserError(
            env._("No server key is configured. Set the option %s in odoo.conf.", OPTION)
        )
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IROTH | stat.S_IWOTH):
                raise UserError(env._("The server key file must not be open to other users."))
            key = file.read()
    except OSError as error:
        raise UserError(env._("The server key file cannot be read.")) from error
    if len(key) < 32:
        raise UserError(env._("The server key file has fewer than 32 bytes."))
    return key

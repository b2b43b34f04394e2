import { BarclampRow } from './barclamp/barclamp.row.js';
import { DeploymentRoleRow } from './deployment-role/deployment-role.row.js';
import { DeploymentRow } from './deployment/deployment.row.js';
import { GroupRow } from './group/group.row.js';
import { JigRow } from './jig/jig.row.js';
import { NodeRow } from './node/node.row.js';
import { SettingRow } from './setting/setting.row.js';

/**
 * Every TypeORM row. They are written with `insert`, `update` and `delete` only: `save` would open and commit a
 * transaction of its own inside of the unit of work's.
 */
export const ROWS = [BarclampRow, DeploymentRoleRow, DeploymentRow, GroupRow, JigRow, NodeRow, SettingRow];

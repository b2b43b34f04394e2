import { AnnealPace } from './anneal/anneal-pace.js';
import { AnnealStatus } from './anneal/anneal-status.js';
import { ReadAttrib, ReadAttribs } from './attrib/read-attribs.js';
import { ListAttribs, ShowAttrib } from './attrib/read-declarations.js';
import { SealKept } from './secret/seal-kept.js';
import { SetAttrib } from './attrib/set-attrib.js';
import { DeleteBarclamp } from './barclamp/delete-barclamp.js';
import { ImportBarclamp } from './barclamp/import-barclamp.js';
import { ListBarclamps, ShowBarclamp } from './barclamp/read-barclamps.js';
import { bootenvUseCases } from './bootenv/index.js';
import { dnsUseCases } from './dns/index.js';
import { certificationUseCases } from './certification/index.js';
import { guidelineUseCases } from './guideline/index.js';
import { imageUseCases } from './image/index.js';
import { ForgetOld } from './cleaning/forget-old.js';
import { AddDeploymentRole } from './deployment-role/add-deployment-role.js';
import { EditDeploymentRole } from './deployment-role/edit-deployment-role.js';
import { ListDeploymentRoles, ShowDeploymentRole } from './deployment-role/read-deployment-roles.js';
import { RemoveDeploymentRole } from './deployment-role/remove-deployment-role.js';
import { BulkBind } from './deployment/bulk-bind.js';
import { CommitDeployment } from './deployment/commit-deployment.js';
import { CreateDeployment } from './deployment/create-deployment.js';
import { DeleteDeployment } from './deployment/delete-deployment.js';
import { MakeWish } from './deployment/make-wish.js';
import { PreviewCommit } from './deployment/preview-commit.js';
import { PreviewWish } from './deployment/preview-wish.js';
import { ListDeployments, ShowDeployment } from './deployment/read-deployments.js';
import { ReadDeploymentGraph } from './deployment/read-graph.js';
import { ProposeDeployment, RecallDeployment } from './deployment/reopen-deployment.js';
import { UpdateDeployment } from './deployment/update-deployment.js';
import { AuditGraph } from './explain/audit-graph.js';
import { ExplainDeployment, ExplainNode, ExplainNodeRole } from './explain/explain.js';
import {
  ChangeMembership,
  CreateGroup,
  DeleteGroup,
  ListGroups,
  ShowGroup,
  UpdateGroup,
} from './group/change-groups.js';
import { CreateHook, DeleteHook, UpdateHook } from './hook/change-hooks.js';
import { ListDeadLetters, RetryDeadLetters } from './hook/dead-letters.js';
import { ListHooks, ShowHook } from './hook/read-hooks.js';
import { ExplainBoot } from './netboot/explain-boot.js';
import { ForgetNetbootServer, ListLeases, ListNetbootServers, ListReservations } from './netboot/read-netboot.js';
import { machineUseCases } from './machine/index.js';
import { ListInstalls, ShowInstall } from './install/read-installs.js';
import { CancelInstall, RetryInstall } from './install/steer-install.js';
import { InstallSystem } from './installation/install-system.js';
import { ListJigs, ShowJig, SwitchJig } from './jig/jigs.js';
import type { ModelParts } from './model-parts.js';
import { AllocateAddress } from './network/allocate-address.js';
import { CreateRange, DeleteRange, UpdateRange } from './network/change-ranges.js';
import { CreateRouter, DeleteRouter, UpdateRouter } from './network/change-routers.js';
import { CreateNetwork } from './network/create-network.js';
import { DeleteNetwork } from './network/delete-network.js';
import { PlanAddresses } from './network/plan-addresses.js';
import {
  ListAllocations,
  ListNetworks,
  ListRanges,
  ListRouters,
  NodeAddresses,
  ShowAllocation,
  ShowNetwork,
  ShowRange,
  ShowRouter,
} from './network/read-networks.js';
import { ReleaseAddress } from './network/release-address.js';
import { UpdateNetwork } from './network/update-network.js';
import { BindRole } from './node-role/bind-role.js';
import { CancelNodeRole } from './node-role/cancel-node-role.js';
import { CommitNodeRole } from './node-role/commit-node-role.js';
import { EditNodeRole } from './node-role/edit-node-role.js';
import { ProposeNodeRole } from './node-role/propose-node-role.js';
import { ListNodeRoles, ReadChildren, ReadParents, ShowNodeRole } from './node-role/read-node-roles.js';
import { RepointParent } from './node-role/repoint-parent.js';
import { RetryNodeRole } from './node-role/retry-node-role.js';
import { UnbindNodeRole } from './node-role/unbind-node-role.js';
import { CommitNode } from './node/commit-node.js';
import { CreateNode } from './node/create-node.js';
import { DeleteNode } from './node/delete-node.js';
import { PreviewNodeMove } from './node/preview-node-move.js';
import { ProposeNode } from './node/propose-node.js';
import { ListNodes, ShowNode } from './node/read-nodes.js';
import { RedeployNode } from './node/redeploy-node.js';
import { ReportInventory } from './node/report-inventory.js';
import { UpdateNode } from './node/update-node.js';
import { powerUseCases } from './power/index.js';
import { providerUseCases } from './provider/index.js';
import { ApplySite, PreviewSite, ReadWizardDraft, SaveWizardDraft, ShowSite } from './site/index.js';
import { EditRole } from './role/edit-role.js';
import { ListRoles, ReadRoleFiles, ShowRole } from './role/read-roles.js';
import { AdvanceRollouts } from './rollout/advance-rollouts.js';
import { ListRollouts, ShowRollout } from './rollout/read-rollouts.js';
import { FinishRollout, PauseRollout, ResumeRollout, StopRollout } from './rollout/steer-rollout.js';
import { CancelRun } from './run/cancel-run.js';
import { LatestRun, ListRuns, ReadLog, ShowRun, Timeline } from './run/read-runs.js';
import { ReportRun } from './run/report-run.js';
import { ChangeSetting, ListSettings } from './setting/change-settings.js';
import { ProposeSnapshot } from './snapshot/propose-snapshot.js';
import { DiffSnapshots, ListSnapshots, ShowSnapshot } from './snapshot/read-snapshots.js';
import { ListWorkers, ShowWorker } from './worker/read-workers.js';
import type { UnitOfWork } from './ports/unit-of-work.js';

/**
 * Every use case of the model, made in one call, for servers, workers and tests. Each has one method, `execute`; what
 * writes takes the actor first, what can be refused returns a `Refusal`.
 */
export const useCases = (unitOfWork: UnitOfWork, deps: Omit<ModelParts, 'unitOfWork'>) => {
  const parts: ModelParts = { unitOfWork, ...deps };
  return {
    installSystem: new InstallSystem(parts),

    importBarclamp: new ImportBarclamp(parts),
    deleteBarclamp: new DeleteBarclamp(parts),
    showBarclamp: new ShowBarclamp(parts),
    listBarclamps: new ListBarclamps(parts),
    showRole: new ShowRole(parts),
    listRoles: new ListRoles(parts),
    readRoleFiles: new ReadRoleFiles(parts),
    editRole: new EditRole(parts),
    listJigs: new ListJigs(parts),
    showJig: new ShowJig(parts),
    switchJig: new SwitchJig(parts),
    sealKept: new SealKept(parts),
    showAttrib: new ShowAttrib(parts),
    listAttribs: new ListAttribs(parts),

    listInstalls: new ListInstalls(parts),
    showInstall: new ShowInstall(parts),
    cancelInstall: new CancelInstall(parts),
    retryInstall: new RetryInstall(parts),

    createNode: new CreateNode(parts),
    updateNode: new UpdateNode(parts),
    deleteNode: new DeleteNode(parts),
    commitNode: new CommitNode(parts),
    proposeNode: new ProposeNode(parts),
    redeployNode: new RedeployNode(parts),
    previewNodeMove: new PreviewNodeMove(parts),
    reportInventory: new ReportInventory(parts),
    showNode: new ShowNode(parts),
    listNodes: new ListNodes(parts),
    timeline: new Timeline(parts),

    createDeployment: new CreateDeployment(parts),
    updateDeployment: new UpdateDeployment(parts),
    deleteDeployment: new DeleteDeployment(parts),
    proposeDeployment: new ProposeDeployment(parts),
    recallDeployment: new RecallDeployment(parts),
    commitDeployment: new CommitDeployment(parts),
    previewCommit: new PreviewCommit(parts),
    bulkBind: new BulkBind(parts),
    makeWish: new MakeWish(parts),
    previewWish: new PreviewWish(parts),
    showDeployment: new ShowDeployment(parts),
    listDeployments: new ListDeployments(parts),
    readDeploymentGraph: new ReadDeploymentGraph(parts),
    listSnapshots: new ListSnapshots(parts),
    showSnapshot: new ShowSnapshot(parts),
    diffSnapshots: new DiffSnapshots(parts),
    proposeSnapshot: new ProposeSnapshot(parts),

    addDeploymentRole: new AddDeploymentRole(parts),
    editDeploymentRole: new EditDeploymentRole(parts),
    removeDeploymentRole: new RemoveDeploymentRole(parts),
    showDeploymentRole: new ShowDeploymentRole(parts),
    listDeploymentRoles: new ListDeploymentRoles(parts),

    bindRole: new BindRole(parts),
    unbindNodeRole: new UnbindNodeRole(parts),
    repointParent: new RepointParent(parts),
    retryNodeRole: new RetryNodeRole(parts),
    proposeNodeRole: new ProposeNodeRole(parts),
    commitNodeRole: new CommitNodeRole(parts),
    cancelNodeRole: new CancelNodeRole(parts),
    editNodeRole: new EditNodeRole(parts),
    showNodeRole: new ShowNodeRole(parts),
    listNodeRoles: new ListNodeRoles(parts),
    readParents: new ReadParents(parts),
    readChildren: new ReadChildren(parts),

    readAttribs: new ReadAttribs(parts),
    readAttrib: new ReadAttrib(parts),
    setAttrib: new SetAttrib(parts),

    ...powerUseCases(parts),

    annealStatus: new AnnealStatus(parts),
    annealPace: new AnnealPace(parts),
    auditGraph: new AuditGraph(parts),
    explainNodeRole: new ExplainNodeRole(parts),
    explainNode: new ExplainNode(parts),
    explainDeployment: new ExplainDeployment(parts),
    showRun: new ShowRun(parts),
    listRuns: new ListRuns(parts),
    listWorkers: new ListWorkers(parts),
    showWorker: new ShowWorker(parts),
    listLeases: new ListLeases(parts),
    listReservations: new ListReservations(parts),
    listNetbootServers: new ListNetbootServers(parts),
    forgetNetbootServer: new ForgetNetbootServer(parts),
    explainBoot: new ExplainBoot(parts),
    latestRun: new LatestRun(parts),
    readLog: new ReadLog(parts),
    cancelRun: new CancelRun(parts),
    reportRun: new ReportRun(parts),

    createHook: new CreateHook(parts),
    updateHook: new UpdateHook(parts),
    deleteHook: new DeleteHook(parts),
    showHook: new ShowHook(parts),
    listHooks: new ListHooks(parts),
    listDeadLetters: new ListDeadLetters(parts),
    retryDeadLetters: new RetryDeadLetters(parts),

    advanceRollouts: new AdvanceRollouts(parts),
    pauseRollout: new PauseRollout(parts),
    resumeRollout: new ResumeRollout(parts),
    stopRollout: new StopRollout(parts),
    finishRollout: new FinishRollout(parts),
    showRollout: new ShowRollout(parts),
    listRollouts: new ListRollouts(parts),

    createGroup: new CreateGroup(parts),
    updateGroup: new UpdateGroup(parts),
    deleteGroup: new DeleteGroup(parts),
    changeMembership: new ChangeMembership(parts),
    showGroup: new ShowGroup(parts),
    listGroups: new ListGroups(parts),

    createNetwork: new CreateNetwork(parts),
    updateNetwork: new UpdateNetwork(parts),
    deleteNetwork: new DeleteNetwork(parts),
    showNetwork: new ShowNetwork(parts),
    listNetworks: new ListNetworks(parts),
    planAddresses: new PlanAddresses(parts),
    createRange: new CreateRange(parts),
    updateRange: new UpdateRange(parts),
    deleteRange: new DeleteRange(parts),
    showRange: new ShowRange(parts),
    listRanges: new ListRanges(parts),
    createRouter: new CreateRouter(parts),
    updateRouter: new UpdateRouter(parts),
    deleteRouter: new DeleteRouter(parts),
    showRouter: new ShowRouter(parts),
    listRouters: new ListRouters(parts),
    allocateAddress: new AllocateAddress(parts),
    releaseAddress: new ReleaseAddress(parts),
    showAllocation: new ShowAllocation(parts),
    listAllocations: new ListAllocations(parts),
    nodeAddresses: new NodeAddresses(parts),

    listSettings: new ListSettings(parts),
    changeSetting: new ChangeSetting(parts),
    forgetOld: new ForgetOld(parts),

    ...bootenvUseCases(parts),
    ...imageUseCases(parts),
    ...guidelineUseCases(parts),
    ...certificationUseCases(parts),
    ...machineUseCases(parts),
    ...providerUseCases(parts),
    ...dnsUseCases(parts),

    showSite: new ShowSite(parts),
    applySite: new ApplySite(parts),
    previewSite: new PreviewSite(parts),
    readWizardDraft: new ReadWizardDraft(parts),
    saveWizardDraft: new SaveWizardDraft(parts),
  };
};

export type UseCases = ReturnType<typeof useCases>;

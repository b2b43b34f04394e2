import {
  CreateHook,
  DeleteHook,
  FinishRun,
  MakeWish,
  PreviewWish,
  storeOutputs,
  UpdateHook,
  useCases,
  type ModelParts,
  type UnitOfWork,
} from '#app';

/** Everything that may be done about the model, ready to be called. */
export const modelUseCases = (unitOfWork: UnitOfWork, deps: Omit<ModelParts, 'unitOfWork'>) => {
  const parts = { unitOfWork, ...deps };
  return {
    ...useCases(unitOfWork, deps),
    makeWish: new MakeWish(parts),
    previewWish: new PreviewWish(parts),
    createHook: new CreateHook(parts),
    updateHook: new UpdateHook(parts),
    deleteHook: new DeleteHook(parts),
    finishRun: new FinishRun(unitOfWork, deps.clock, storeOutputs),
  };
};
export type ModelUseCases = ReturnType<typeof modelUseCases>;

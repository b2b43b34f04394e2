/** Which node is bound to which network, by the names of noderoles: the role of the network `x` is called `network-x`. */
export const networksOf = (nodeRoles: readonly string[]): { readonly network: string; readonly node: string }[] =>
  nodeRoles.flatMap((name) => {
    const [, network, node] = /^network-([^@]+)@(.+)$/.exec(name) ?? [];
    return network === undefined || node === undefined ? [] : [{ network, node }];
  });

package io.shoal.registry.server.store;

import io.shoal.registry.server.store.RegistryException.Code;
import java.util.Set;

/**
 * Which aliases need two people.
 *
 * @param protectedAliases that only a request and its approval move, under the policy approval
 */
public record AliasPolicy(Policy policy, Set<String> protectedAliases) {
  /** Copies the set. */
  public AliasPolicy {
    protectedAliases = Set.copyOf(protectedAliases);
  }

  /** Whether one person alone may not move this alias. */
  public boolean needsApproval(String alias) {
    return policy == Policy.APPROVAL && protectedAliases.contains(alias);
  }

  /**
   * Does nothing where one person alone may move the alias.
   *
   * @throws RegistryException where not
   */
  public void requireFree(String alias) {
    if (needsApproval(alias)) {
      throw new RegistryException(
          Code.PERMISSION_DENIED,
          "moving '"
              + alias
              + "' takes two people here: ask with 'shoal models promote', and let another approve");
    }
  }
}

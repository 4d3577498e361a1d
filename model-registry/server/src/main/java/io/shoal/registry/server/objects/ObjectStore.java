package io.shoal.registry.server.objects;

/**
 * Keeps bytes under keys, outside the database. Every method throws {@link
 * ObjectStoreUnavailableException} when the store does not answer or refuses.
 */
public interface ObjectStore extends AutoCloseable {
  /** Keeps bytes under a key, once this returns for good. */
  void put(String key, byte[] body);

  /**
   * What is kept under a key.
   *
   * @throws ObjectMissingException when there is nothing
   */
  byte[] get(String key);

  /** Forgets what is kept under a key; that nothing is kept there is no failure. */
  void delete(String key);

  @Override
  void close();
}

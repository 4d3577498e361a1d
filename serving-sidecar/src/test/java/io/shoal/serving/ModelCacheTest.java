package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.registry.client.ModelSignature;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.ModelUpdate;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelCacheTest {
  private static final String KEY = "default/champion";

  private final SchemaRegistry registry =
      new SchemaRegistry(new MockSchemaRegistryClient(), Clock.systemUTC());
  private final AvroSerializer<ModelUpdate> serializer =
      new AvroSerializer<>(registry, ModelUpdate.class);
  private KeyPair keys;
  private ModelCache cache;

  @BeforeEach
  void requireSignatures() throws NoSuchAlgorithmException {
    keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    cache =
        new ModelCache(
            TestModels.FEATURES,
            "models",
            "default",
            "champion",
            CanaryShares.parse(List.of("canary:0.5")),
            new AvroDeserializer<>(registry, ModelUpdate.class),
            List.of(keys.getPublic()));
    accept(signed(TestModels.champion(1)));
    assertThat(cache.current().version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatIsNotSigned() {
    accept(TestModels.champion(2));

    assertThat(cache.current().version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatAnotherKeySigned() throws NoSuchAlgorithmException {
    ModelUpdate update = TestModels.champion(2);
    ModelSignature.sign(
        update, KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
    accept(update);

    assertThat(cache.current().version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatWasChangedAfterIt() {
    ModelUpdate update = signed(TestModels.champion(2));
    update.setVersion(TestModels.version(3, TestModels.FEATURES.fingerprint()));
    accept(update);

    assertThat(cache.current().version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatWasSignedForAnotherAlias() {
    ModelUpdate update = TestModels.champion(2);
    update.setAlias("challenger");
    accept(signed(update));

    assertThat(cache.current().version()).isEqualTo(1);
  }

  @Test
  void shouldTellWhatItRefusedAndWhy() {
    ModelUpdate corrupt = TestModels.champion(2);
    corrupt.getVersion().setChecksum("00");
    ModelUpdate foreign = TestModels.champion(3);
    foreign.getVersion().setFingerprint("another-set");
    ModelUpdate narrow = TestModels.champion(4);
    narrow.getVersion().setFeatures(narrow.getVersion().getFeatures().subList(1, 3));
    ModelUpdate unknown = TestModels.champion(5);
    List<String> names = new ArrayList<>(unknown.getVersion().getFeatures());
    names.set(0, "height");
    unknown.getVersion().setFeatures(names);
    accept(signed(corrupt));
    accept(signed(foreign));
    accept(signed(narrow));
    accept(signed(unknown));
    accept(TestModels.champion(6));
    cache.accept(KEY, new byte[] {1, 2, 3});

    assertThat(cache.current().version()).isEqualTo(1);
    assertThat(cache.refused()).isEqualTo(6);
    assertThat(cache.refusals())
        .extracting(ModelCache.Refusal::reason)
        .satisfiesExactly(
            reason -> assertThat(reason).contains("wire format"),
            reason -> assertThat(reason).contains("not signed"),
            reason -> assertThat(reason).contains("height"),
            reason -> assertThat(reason).contains("names 2 features"),
            reason -> assertThat(reason).contains("another-set"),
            reason -> assertThat(reason).contains("checksum"));
  }

  @Test
  void shouldKeepTheChampionWhenItsAliasIsTakenAwayButNotAChallenger() {
    ModelUpdate challenger = TestModels.champion(2);
    challenger.setAlias("challenger");
    cache.accept("default/challenger", serializer.serialize("models", signed(challenger)));
    assertThat(cache.challengers()).hasSize(1);

    cache.accept("default/challenger", null);
    cache.accept(KEY, null);

    assertThat(cache.challengers()).isEmpty();
    assertThat(cache.current().version()).isEqualTo(1);
  }

  private ModelUpdate signed(ModelUpdate update) {
    ModelSignature.sign(update, keys.getPrivate());
    return update;
  }

  private void accept(ModelUpdate update) {
    cache.accept(KEY, serializer.serialize("models", update));
  }
}

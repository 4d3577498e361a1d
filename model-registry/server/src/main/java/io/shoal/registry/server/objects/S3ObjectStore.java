package io.shoal.registry.server.objects;

import io.shoal.config.ConfigException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket of a store with the S3 API. */
public final class S3ObjectStore implements ObjectStore {
  private static final Logger log = LoggerFactory.getLogger(S3ObjectStore.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  private final S3Client client;
  private final String bucket;

  /**
   * Where the bucket is.
   *
   * @param endpoint of the store; null for Amazon's
   * @param accessKey with its secret; null for what the environment says, in the ways that Amazon's
   *     clients know
   */
  public record Location(
      String bucket,
      @Nullable URI endpoint,
      String region,
      @Nullable String accessKey,
      @Nullable String secretKey) {
    @Override
    public String toString() {
      return "bucket " + bucket + (endpoint == null ? "" : " at " + endpoint);
    }
  }

  /**
   * Opens a bucket. A store that does not answer yet may do so later.
   *
   * @throws ConfigException when there is no such bucket, or it must not be used
   */
  public S3ObjectStore(Location location) {
    this.bucket = location.bucket();
    this.client = client(location);
    try {
      client.headBucket(request -> request.bucket(bucket));
    } catch (S3Exception e) {
      if (e.statusCode() / 100 == 4) {
        client.close();
        throw new ConfigException(
            "cannot use "
                + location
                + " (status "
                + e.statusCode()
                + "); does it exist, and do the keys allow it?",
            e);
      }
      log.warn("{} does not answer yet: {}", location, e.toString());
    } catch (SdkException e) {
      log.warn("{} does not answer yet: {}", location, e.toString());
    }
  }

  private static S3Client client(Location location) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(location.region()))
            .credentialsProvider(credentials(location))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(CALL_TIMEOUT))
            .overrideConfiguration(settings -> settings.apiCallTimeout(CALL_TIMEOUT))
            // Not all stores know Amazon's newer checksums; the registry compares its own.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    URI endpoint = location.endpoint();
    if (endpoint != null) {
      builder.endpointOverride(endpoint).forcePathStyle(true);
    }
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(Location location) {
    String key = location.accessKey();
    String secret = location.secretKey();
    return key == null || secret == null
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret));
  }

  @Override
  public void put(String key, byte[] body) {
    call(
        () ->
            client.putObject(
                request -> request.bucket(bucket).key(key), RequestBody.fromBytes(body)));
  }

  @Override
  public byte[] get(String key) {
    try {
      return call(
          () ->
              client
                  .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                  .asByteArrayUnsafe());
    } catch (ObjectStoreUnavailableException e) {
      if (e.getCause() instanceof NoSuchKeyException) {
        throw new ObjectMissingException(key, e);
      }
      throw e;
    }
  }

  @Override
  public void delete(String key) {
    call(() -> client.deleteObject(request -> request.bucket(bucket).key(key)));
  }

  private <T> T call(Supplier<T> request) {
    try {
      return request.get();
    } catch (SdkException e) {
      throw new ObjectStoreUnavailableException(
          "the object store (bucket " + bucket + ") failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}

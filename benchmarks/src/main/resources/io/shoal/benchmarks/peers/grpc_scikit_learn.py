"""scikit-learn's KMeans.predict behind Python's grpcio, as one would write it: the same request and
answer as Shoal's, the handler does what it must and no more. Prints its port, serves until its
standard input ends."""

import sys
from concurrent import futures

import grpc
import numpy
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from sklearn.cluster import KMeans

descriptors, centroids_file, k, d, workers = sys.argv[1:6]
with open(descriptors, "rb") as file:
    proto = descriptor_pb2.FileDescriptorProto.FromString(file.read())
pool = descriptor_pool.DescriptorPool()
pool.Add(proto)
ModelInferRequest = message_factory.GetMessageClass(
    pool.FindMessageTypeByName("inference.ModelInferRequest"))
ModelInferResponse = message_factory.GetMessageClass(
    pool.FindMessageTypeByName("inference.ModelInferResponse"))

centroids = numpy.fromfile(centroids_file, dtype="<f4").reshape(int(k), int(d))
# One step from the given centres on themselves: a fitted model that has them.
model = KMeans(n_clusters=int(k), init=centroids, n_init=1, max_iter=1).fit(centroids)


def infer(request, context):
    tensor = request.inputs[0]
    rows = numpy.array(tensor.contents.fp32_contents, dtype=numpy.float32).reshape(tensor.shape)
    labels = model.predict(rows)
    response = ModelInferResponse(model_name=request.model_name, model_version="1", id=request.id)
    output = response.outputs.add()
    output.name = "cluster_id"
    output.datatype = "INT32"
    output.shape.append(len(labels))
    output.contents.int_contents.extend(labels.tolist())
    return response


server = grpc.server(futures.ThreadPoolExecutor(max_workers=int(workers)))
server.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler(
        "inference.GRPCInferenceService",
        {
            "ModelInfer": grpc.unary_unary_rpc_method_handler(
                infer,
                request_deserializer=ModelInferRequest.FromString,
                response_serializer=ModelInferResponse.SerializeToString,
            )
        },
    ),
))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)

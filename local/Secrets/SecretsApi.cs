using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.Local.Configurations;
using CloudNative.Local.Faults;
using CloudNative.Local.Json;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace CloudNative.Local.Secrets;

/// <summary>Reading secrets over both protocols, as far as the scopes of the configuration let the app see them.</summary>
internal sealed class SecretsApi(
    IReadOnlyDictionary<string, Loaded<ISecretStore>> stores, SidecarConfiguration configuration, ResiliencyPolicies resiliency, IFaultSwitches faults) : IApi
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void MapHttp(IHttpRoutes routes)
    {
        routes.Map("GET", "/v1.0/secrets/{store}/bulk", GetAllAsync);
        routes.Map("GET", "/v1.0/secrets/{store}/{key}", GetAsync);
    }

    public void MapGrpc(IGrpcMethods methods)
    {
        methods.Unary<GetSecretRequest, GetSecretResponse>("GetSecret", GetAsync);
        methods.Unary<GetBulkSecretRequest, GetBulkSecretResponse>("GetBulkSecret", GetAllAsync);
    }

    private async Task GetAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var secret = await ReadAsync(path["store"], path["key"], context.RequestAborted);
        await JsonAnswer.WriteAsync(context, Json(writer => WriteSecret(writer, secret)));
    }

    private async Task GetAllAsync(HttpContext context, IReadOnlyDictionary<string, string> path)
    {
        var secrets = await ReadAllAsync(path["store"], context.RequestAborted);
        await JsonAnswer.WriteAsync(context, Json(writer => WriteSecrets(writer, secrets)));
    }

    private async Task<GetSecretResponse> GetAsync(GetSecretRequest request, ServerCallContext call)
    {
        var secret = await ReadAsync(request.StoreName, request.Key, call.CancellationToken);
        return new GetSecretResponse { Data = { secret.ToDictionary() } };
    }

    private async Task<GetBulkSecretResponse> GetAllAsync(GetBulkSecretRequest request, ServerCallContext call)
    {
        var answer = new GetBulkSecretResponse();
        foreach (var (name, secret) in await ReadAllAsync(request.StoreName, call.CancellationToken))
            answer.Data[name] = new SecretResponse { Secrets = { secret.ToDictionary() } };
        return answer;
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(string store, string key, CancellationToken cancellationToken)
    {
        var component = Require(store);
        if (!configuration.AllowsSecret(store, key))
            throw Error(403, StatusCode.PermissionDenied, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{key}\" from \"{store}\"");
        return await CallAsync(store, $"failed getting secret with key {key} from secret store {store}: ", () => component.Get(key), cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> ReadAllAsync(string store, CancellationToken cancellationToken)
    {
        var component = Require(store);
        var all = await CallAsync(store, $"failed getting secrets from secret store {store}: ", component.GetAll, cancellationToken);
        return all.Where(secret => configuration.AllowsSecret(store, secret.Key)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Under the store's outbound policies.</summary>
    private async Task<T> CallAsync<T>(string store, string failure, Func<T> read, CancellationToken cancellationToken)
    {
        var (value, problem) = await ComponentCall.RunAsync(
            resiliency.ForComponent(store, ComponentKind.Secretstore, CallDirection.Outbound),
            async attempt =>
            {
                await faults.PassAsync(store, attempt);
                return read();
            },
            cancellationToken);
        return problem is null ? value! : throw Error(500, StatusCode.Internal, "ERR_SECRET_GET", failure + problem.Message);
    }

    private ISecretStore Require(string name)
    {
        if (stores.Count == 0)
            throw Error(500, StatusCode.FailedPrecondition, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");
        return stores.TryGetValue(name, out var loaded)
            ? loaded.Instance
            : throw Error(401, StatusCode.InvalidArgument, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {name}");
    }

    private static ApiException Error(int status, StatusCode code, string errorCode, string message) =>
        new(status, code, errorCode, message) { WithoutGrpcDetails = true };

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
            write(writer);
        return GoJson.Reserialize(buffer.WrittenSpan, GoNumbers.Verbatim);
    }

    private static void WriteSecrets(Utf8JsonWriter writer, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        writer.WriteStartObject();
        foreach (var (name, secret) in secrets)
        {
            writer.WritePropertyName(name);
            WriteSecret(writer, secret);
        }
        writer.WriteEndObject();
    }

    private static void WriteSecret(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> secret)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in secret)
            writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}

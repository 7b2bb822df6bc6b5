using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;

namespace CloudNative.Load;

/// <summary>State save, get and two-key transaction over gRPC: 1,000 keys of 500 bytes, each client walks its own.</summary>
internal static class StateLoad
{
    private const int KeysPerClient = 1_000;

    public static async IAsyncEnumerable<Measurement> RunAsync(
        Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient client, Metadata headers, string store, TimeSpan duration, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var value = ByteString.CopyFromUtf8("{\"padding\":\"" + new string('x', 486) + "\"}");
        foreach (var clients in (int[])[1, 32])
        {
            var next = new int[clients];
            yield return await Measurement.OfLoopsAsync($"state save, {clients} clients", clients, duration, SaveAsync, cancellationToken);
            yield return await Measurement.OfLoopsAsync($"state get, {clients} clients", clients, duration, GetAsync, cancellationToken);
            yield return await Measurement.OfLoopsAsync($"state transaction of two keys, {clients} clients", clients, duration, TransactAsync, cancellationToken);

            string Key(int c) => $"load-{c}-{next[c]++ % KeysPerClient}";

            async Task SaveAsync(int c, CancellationToken ct)
            {
                var request = new SaveStateRequest { StoreName = store };
                request.States.Add(new StateItem { Key = Key(c), Value = value });
                await client.SaveStateAsync(request, headers, cancellationToken: ct);
            }

            async Task GetAsync(int c, CancellationToken ct) =>
                await client.GetStateAsync(new GetStateRequest { StoreName = store, Key = Key(c) }, headers, cancellationToken: ct);

            async Task TransactAsync(int c, CancellationToken ct)
            {
                var request = new ExecuteStateTransactionRequest { StoreName = store };
                for (var i = 0; i < 2; i++)
                    request.Operations.Add(new TransactionalStateOperation { OperationType = "upsert", Request = new StateItem { Key = Key(c), Value = value } });
                await client.ExecuteStateTransactionAsync(request, headers, cancellationToken: ct);
            }
        }
    }
}

using CloudNative.Local.Faults;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Sidecars;
using Grpc.Core;

namespace CloudNative.Local.Bindings;

/// <summary>Finds the binding, checks the operation and passes the call on; every failure becomes the one error the API has.</summary>
internal sealed class BindingsApiInvoker(
    IReadOnlyDictionary<string, Loaded<IOutputBinding>> bindings, IFaultSwitches faults, ResiliencyPolicies resiliency)
{
    /// <exception cref="BindingsApiFailure">Whatever went wrong.</exception>
    public async Task<BindingResponse?> InvokeAsync(string name, BindingRequest request, CancellationToken cancellationToken)
    {
        var binding = Require(name, request.Operation);
        var policy = resiliency.ForComponent(name, ComponentKind.Binding, CallDirection.Outbound);
        var (response, problem) = await ComponentCall.RunAsync(
            policy,
            async attempt =>
            {
                await faults.PassAsync(name, attempt);
                return await binding.InvokeAsync(request, attempt);
            },
            cancellationToken);
        return problem is null ? response : throw new BindingsApiFailure(name, problem.Message, (problem as BindingException)?.Metadata);
    }

    private IOutputBinding Require(string name, string operation)
    {
        if (operation.Length == 0)
            throw new BindingsApiFailure(name, "operation field is missing from request");
        if (!bindings.TryGetValue(name, out var loaded))
            throw new BindingsApiFailure(name, $"couldn't find output binding {name}");
        var known = loaded.Instance.Operations;
        return known.Contains(operation)
            ? loaded.Instance
            : throw new BindingsApiFailure(name, $"binding {name} does not support operation {operation}. supported operations:{string.Join(' ', known)}");
    }
}

/// <summary>A failed invocation, with what the binding still told.</summary>
internal sealed class BindingsApiFailure(string name, string text, IReadOnlyDictionary<string, string>? metadata = null)
    : Exception($"error invoking output binding {name}: {text}")
{
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? new Dictionary<string, string>();

    public ApiException Error() => new(StatusCodes.Status500InternalServerError, StatusCode.Internal, "ERR_INVOKE_OUTPUT_BINDING", Message);
}

using GraphQL;
using GraphQL.Execution;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>What of an error leaves the process: a bounded message and a code; never an exception's text or stack.</summary>
internal sealed class ErrorPresentation : IErrorInfoProvider
{
    private const int MaxMessageLength = 400;

    public ErrorInfo GetInfo(ExecutionError executionError)
    {
        // An error that is neither ours nor a failure comes from parsing, validation or coercion: the document's fault.
        var code = executionError is RefusedError { Code: { } own }
            ? own
            : executionError is UnhandledError ? ErrorCodes.Internal : ErrorCodes.BadUserInput;
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (code == ErrorCodes.Unavailable)
            extensions["retryable"] = true;
        return new ErrorInfo { Message = Bounded(executionError.Message), Extensions = extensions };
    }

    // Validation messages quote the document, which may be as large as the request.
    private static string Bounded(string message) =>
        message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength), "...");
}

using CloudNative.BuildingBlocks.Entities;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Transport;
using GraphQLParser.AST;
using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>Runs one well-formed request: parse or recall the document, check its limits, validate, execute.</summary>
internal sealed partial class OperationExecuter(
    ThingsSchema schema, IEntityStore<Thing> things, IOptions<GraphQLOptions> options, ILogger<OperationExecuter> logger)
{
    private readonly GraphQLDocumentBuilder parser = new();
    private readonly DocumentExecuter executer = new();
    private readonly DocumentCache cache = new(options.Value.CachedDocuments);
    private readonly QueryLimits limits = new(options.Value, FindingThings.PageSize.Of);

    /// <summary>Null when the request is a mutation and <paramref name="queriesOnly"/>.</summary>
    public async ValueTask<ExecutionResult?> ExecuteAsync(GraphQLRequest request, bool queriesOnly, CancellationToken cancellationToken)
    {
        var known = cache.Find(request.Query!);
        ExecutionError? refusal = null;
        var document = known ?? Parse(request.Query!, out refusal);
        if (document is null)
            return new ExecutionResult(refusal!);
        if (queriesOnly && MayMutate(document, request.OperationName))
            return null;

        var result = await executer.ExecuteAsync(Execution(document, isValid: known is not null, request, cancellationToken));
        // Executed: the document passed validation, which depends on nothing but its text.
        if (known is null && result.Executed)
            cache.Add(request.Query!, document);
        return result;
    }

    private GraphQLDocument? Parse(string text, out ExecutionError? refusal)
    {
        try
        {
            var document = parser.Build(text);
            refusal = limits.Refuse(document) is { } reason ? RefusedError.BadUserInput(reason) : null;
            return refusal is null ? document : null;
        }
        catch (ExecutionError error)
        {
            refusal = error;
            return null;
        }
    }

    private ExecutionOptions Execution(GraphQLDocument document, bool isValid, GraphQLRequest request, CancellationToken cancellationToken) => new()
    {
        Schema = schema,
        Document = document,
        OperationName = request.OperationName,
        Variables = request.Variables,
        ValidationRules = isValid ? [] : null,
        UserContext = new RequestContext(things),
        UnhandledExceptionDelegate = TranslateAsync,
        CancellationToken = cancellationToken,
    };

    private static bool MayMutate(GraphQLDocument document, string? name) => document.Definitions
        .OfType<GraphQLOperationDefinition>()
        .Any(operation => operation.Operation == OperationType.Mutation && (string.IsNullOrEmpty(name) || operation.Name?.Value == name));

    private Task TranslateAsync(UnhandledExceptionContext context)
    {
        // Cancellation that is not the request's own is a call that ran out of time.
        if (context.OriginalException is EntityStoreUnavailableException or OperationCanceledException)
        {
            context.Exception = RefusedError.Unavailable();
        }
        else
        {
            LogFailed(context.OriginalException.GetType().Name, context.FieldContext?.FieldDefinition.Name);
            context.Exception = RefusedError.Internal();
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Field {Field} failed with {ExceptionType}")]
    private partial void LogFailed(string exceptionType, string? field);
}

namespace CloudNative.Local.Sidecars.Http;

/// <summary>The W3C trace context that one request of the API is part of.</summary>
/// <param name="Parent">Null: no trace is passed on.</param>
internal sealed record RequestTrace(string? Parent, string? State, string? Baggage)
{
    private static readonly RequestTrace Nothing = new(null, null, null);
    private static readonly RequestTrace Zeros = new(Tracing.None, null, null);

    public static RequestTrace Of(HttpContext context) => context.Features.Get<RequestTrace>() ?? Nothing;

    /// <summary>Begins the request's hop; <see cref="Of"/> finds it from then on.</summary>
    public static RequestTrace Begin(HttpContext context, Tracing tracing)
    {
        var trace = From(context.Request.Headers, tracing);
        context.Features.Set(trace);
        return trace;
    }

    public void CopyTo(IHeaderDictionary answer)
    {
        if (Parent is not null)
            answer.TraceParent = Parent;
        if (State is not null)
            answer.TraceState = State;
        if (Baggage is not null)
            answer.Baggage = Baggage;
    }

    private static RequestTrace From(IHeaderDictionary sent, Tracing tracing)
    {
        if (tracing.IsOff)
            return Nothing;
        var parent = tracing.Traceparent(sent.TraceParent is [var one] ? one : null);
        var (state, baggage) = (Text(sent.TraceState), Text(sent.Baggage));
        return parent == Tracing.None && state is null && baggage is null ? Zeros : new RequestTrace(parent, state, baggage);
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 || values.ToString() is not { Length: > 0 } text ? null : text;
}

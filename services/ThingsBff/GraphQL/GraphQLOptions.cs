using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>What one request may ask for.</summary>
internal sealed class GraphQLOptions
{
    public const string Section = "GraphQL";

    /// <summary>Bytes of a request body; a larger one is answered 413.</summary>
    [Range(1_024, 64 * 1_048_576)]
    public int MaxRequestBytes { get; init; } = 1_048_576;

    /// <summary>Operations in one batch; more are answered 400.</summary>
    [Range(1, 1_000)]
    public int MaxBatch { get; init; } = 10;

    /// <summary>Levels of fields. 15 is what the usual introspection query needs.</summary>
    [Range(1, 100)]
    public int MaxDepth { get; init; } = 15;

    /// <summary>Fields, arguments and directives after fragments are spread; those below `things` count once for each item of a page.</summary>
    [Range(1, 1_000_000)]
    public int MaxComplexity { get; init; } = 1_000;

    [Range(1, 10_000)]
    public int MaxAliases { get; init; } = 50;

    /// <summary>Whether a client may read the schema, through __schema, __type or ?sdl.</summary>
    public bool Introspection { get; init; } = true;

    /// <summary>Valid documents kept parsed, by their text.</summary>
    [Range(2, 1_000_000)]
    public int CachedDocuments { get; init; } = 1_000;
}

[OptionsValidator]
internal sealed partial class GraphQLOptionsValidator : IValidateOptions<GraphQLOptions>;

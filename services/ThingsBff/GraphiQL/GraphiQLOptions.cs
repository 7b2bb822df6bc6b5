using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff.GraphiQL;

internal sealed class GraphiQLOptions
{
    public const string Section = "GraphiQL";

    /// <summary>Whether to get GraphiQL once, in the background, where npm is there. Without it the plain page is served.</summary>
    public bool Install { get; init; } = true;

    /// <summary>Where it is kept; relative to the service's folder.</summary>
    [Required]
    public string Folder { get; init; } = "../../.local/graphiql";
}

[OptionsValidator]
internal sealed partial class GraphiQLOptionsValidator : IValidateOptions<GraphiQLOptions>;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>The Dapr app id of this process: configuration <c>APP_ID</c> (a Dapr run sets it in the environment; on Kubernetes the service's own settings do), else the program's name in lower case.</summary>
public sealed record AppIdentity(string AppId)
{
    public static AppIdentity From(IConfiguration configuration, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(environment);
        return new AppIdentity(configuration["APP_ID"] is { Length: > 0 } appId ? appId : environment.ApplicationName.ToLowerInvariant());
    }
}

using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.SearchBff;

internal static class AmazonCredentials
{
    /// <summary>The credentials this process finds where Amazon's SDKs look: environment, role of a pod or machine, profile. They renew themselves.</summary>
    public static void AddAmazonCredentials(this IServiceCollection services) =>
        services.TryAddSingleton<AWSCredentials>(_ => new DefaultAWSCredentialsIdentityResolver().ResolveIdentity(null));
}

using System.Reflection;

namespace Brink.Graphs;

/// <summary>An operator that Brink computes.</summary>
/// <param name="Declaration">Name, and where derivatives pass.</param>
/// <param name="Compute">Maps a call to the results.</param>
internal sealed record Operator(OperatorAttribute Declaration, Func<Call, Quantity[]> Compute)
{
    private static readonly Dictionary<Vocabulary, Dictionary<string, Operator>> All = Enum.GetValues<Vocabulary>().ToDictionary(
        vocabulary => vocabulary,
        vocabulary => typeof(Operator).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<OperatorsAttribute>()?.Vocabulary == vocabulary)
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .SelectMany(Declared)
            .ToDictionary(op => op.Declaration.Name, StringComparer.Ordinal));

    /// <summary>Finds an operator, or returns null.</summary>
    public static Operator? Find(Vocabulary vocabulary, string name) => All[vocabulary].GetValueOrDefault(name);

    /// <summary>The names of all operators of a vocabulary, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names(Vocabulary vocabulary) => [.. All[vocabulary].Keys.Order(StringComparer.Ordinal)];

    private static IEnumerable<Operator> Declared(MethodInfo method)
    {
        foreach (var declaration in method.GetCustomAttributes<OperatorAttribute>())
        {
            if (method.ReturnType == typeof(Quantity[]))
            {
                yield return new(declaration, method.CreateDelegate<Func<Call, Quantity[]>>());
            }
            else
            {
                var single = method.CreateDelegate<Func<Call, Quantity>>();
                yield return new(declaration, call => [single(call)]);
            }
        }
    }
}

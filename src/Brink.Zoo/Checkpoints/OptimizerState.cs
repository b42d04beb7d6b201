using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>The state of a PyTorch optimizer. It numbers the parameters; their names are not in the file, with the exception of
/// optimizers that were made of named parameters.</summary>
/// <param name="Groups">Groups of parameters with their settings.</param>
/// <param name="Parameters">State by the index of the parameter; a parameter that has not been updated yet has none.</param>
public sealed record OptimizerState(
    IReadOnlyList<ParameterGroup> Groups, IReadOnlyDictionary<long, ParameterState> Parameters)
{
    /// <summary>The largest number of steps of a parameter, if the optimizer counts them.</summary>
    public long? Step => Parameters.Values.Max(parameter => parameter.Step);

    /// <summary>Maps the indices of parameters to names.</summary>
    /// <remarks>With one group, index i is parameter i of the model. With several groups, each group has its parameters in the
    /// order of the model, and shapes decide to which group a parameter belongs.</remarks>
    /// <param name="parameters">Names and shapes of the parameters of the model, without buffers, in the order of the
    /// model.</param>
    /// <param name="path">Path of the file, for messages.</param>
    /// <returns>The index of each parameter.</returns>
    /// <exception cref="InvalidDataException">The parameters of the model and of the optimizer do not fit, or it is not
    /// determined which is which.</exception>
    public IReadOnlyDictionary<string, long> IndicesByName(IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> parameters, string path)
    {
        var named = NamedIndices();
        var total = Groups.Sum(group => group.Parameters.Count);
        if (total != parameters.Count)
        {
            throw new InvalidDataException(
                $"{path}: the optimizer has {total} parameters and the model has {parameters.Count}; "
                    + "use the checkpoint of this model, whose optimizer trains every parameter");
        }
        var next = new int[Groups.Count];
        var indices = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, shape) in parameters)
        {
            indices[name] = named is null ? Next(name, shape, next, path)
                : named.TryGetValue(name, out var index) && Fits(index, shape) ? index
                : throw DoesNotFit(name, shape, path);
        }
        return indices;
    }

    private Dictionary<string, long>? NamedIndices()
    {
        if (Groups.Any(group => group.Names?.Count != group.Parameters.Count)) return null;
        var named = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, index) in Groups.SelectMany(group => group.Names!.Zip(group.Parameters))) named[name] = index;
        return named;
    }

    private long Next(string name, IReadOnlyList<long> shape, int[] next, string path)
    {
        var fitting = Enumerable.Range(0, Groups.Count)
            .Where(k => next[k] < Groups[k].Parameters.Count && Fits(Groups[k].Parameters[next[k]], shape))
            .ToArray();
        return fitting switch
        {
            [var k] => Groups[k].Parameters[next[k]++],
            [] => throw DoesNotFit(name, shape, path),
            _ => throw new InvalidDataException(
                $"{path}: {Quoted.Of(name)} may belong to several parameter groups of the optimizer; "
                    + "make the optimizer of model.named_parameters(), so that it stores the names"),
        };
    }

    private bool Fits(long index, IReadOnlyList<long> shape) =>
        !Parameters.TryGetValue(index, out var state)
            || state.Tensors.All(pair => pair.Value.dim() == 0 || pair.Value.shape.SequenceEqual(Expected(pair.Key, shape)));

    /// <summary>The shape of a tensor of the state: that of the parameter; of Adafactor's means of rows and columns, with 1 in place of
    /// the dimension that they leave out.</summary>
    private static IEnumerable<long> Expected(string name, IReadOnlyList<long> shape) => name switch
    {
        "row_var" when shape.Count > 1 => [.. shape.SkipLast(1), 1],
        "col_var" when shape.Count > 1 => [.. shape.SkipLast(2), 1, shape[^1]],
        _ => shape,
    };

    private static InvalidDataException DoesNotFit(string name, IReadOnlyList<long> shape, string path) => new(
        $"{path}: no state of the optimizer fits {Quoted.Of(name)} of shape [{string.Join(",", shape)}]; "
            + "give the names of the parameters in the order of the model, without buffers");
}

using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Brink.Graphs;

/// <summary>Decides which constants of a graph are parameters.</summary>
/// <remarks>Where the file declares parameters, these are. Otherwise they are the floating-point constants on which the outputs
/// depend differentiably, except statistics of batch norm, scalars that carry no parameter's name, and tables of whole numbers
/// that the exporter named.</remarks>
internal static partial class ParameterRule
{
    /// <summary>The constants that are parameters, in the order of the file.</summary>
    public static IReadOnlyList<GraphConstant> Of(Graph graph, IReadOnlyList<string> outputs, ParameterSelection selection)
    {
        var reached = Reach.Of(graph, outputs);
        var isDeclared = graph.Constants.Values.Any(constant => constant.Role == ConstantRole.Parameter);
        return [.. graph.Constants.Values.Where(constant =>
            constant.Data.Type.IsFloatingPoint() && constant.Data.Count > 0 && reached.Contains(constant.Name)
            && (selection.Matching is { } pattern ? Matches(pattern, constant.Title) : IsParameter(constant, isDeclared))
            && !(selection.Frozen is { } frozen && Matches(frozen, constant.Title)))];
    }

    /// <summary>True if an exporter made the name, not the author of the model.</summary>
    public static bool IsGenerated(string name) => Generated().IsMatch(name);

    private static bool IsParameter(GraphConstant constant, bool isDeclared)
    {
        if (isDeclared) return constant.Role == ConstantRole.Parameter;
        if (constant.Role == ConstantRole.Fixed) return false;
        if (!IsGenerated(constant.Title)) return true;
        return constant.Data.Count > 1 && !IsTable(constant.Data);
    }

    /// <summary>True for different whole numbers, such as positions, or a mask of zeros and very negative ones.</summary>
    private static bool IsTable(TensorData data)
    {
        using var scope = NewDisposeScope();
        var values = data.ToTensor();
        return values.eq(values.round()).all().item<bool>() && values.min().item<double>() < values.max().item<double>();
    }

    private static bool Matches(string pattern, string name) =>
        pattern.Split(',').Any(part => FileSystemName.MatchesSimpleExpression(part.Trim(), name, ignoreCase: false));

    // val_12, const_3, onnx::MatMul_33, /1/Constant_output_0, scalar_tensor_default, _to_copy_1, embedding_1, const_fold_opt__26
    [GeneratedRegex(
        @"^(val|const|const_fold_opt|tensor|c_lifted_tensor|embedding)_+\d+$|^onnx::|Constant(_\d+)?_output_\d+$|^\d+$"
            + @"|_default(_\d+)?$|^_?to_copy|^/",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Generated();
}

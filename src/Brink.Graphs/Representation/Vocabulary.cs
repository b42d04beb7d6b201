namespace Brink.Graphs;

/// <summary>The set of operators in which a graph is written.</summary>
public enum Vocabulary
{
    /// <summary>The operators of ONNX, by name and opset.</summary>
    Onnx,

    /// <summary>The operators of PyTorch's ATen library, as torch.export writes them.</summary>
    Aten,
}

using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>How a kernel passes over images.</summary>
/// <param name="Rows">Along the height.</param>
/// <param name="Columns">Along the width.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ConvolutionShape(ConvolutionAxis Rows, ConvolutionAxis Columns);

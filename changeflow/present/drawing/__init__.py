"""What every chart is drawn with: sheet, colours, scales, axes, marks."""
